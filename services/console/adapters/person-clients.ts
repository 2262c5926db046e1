import type { Clock } from '../../shared/kernel/clock.ts';
import type { ClientTls } from '../../shared/platform/grpc/tls/secure-options.ts';
import type { MeshAddresses } from '../../shared/platform/process/mesh-addresses.ts';
import type { Person } from '../core/person.ts';
import { connectClients, type MeshClients } from './mesh-clients.ts';

/** What clients of people are made of. */
export interface PersonClientsParts {
  readonly addresses: MeshAddresses;
  readonly clock: Clock;
  /** That of the console; undefined without TLS, where nobody signs in. */
  readonly tls: ClientTls | undefined;
  /** The console's own clients, for where nobody signs in. */
  readonly own: MeshClients;
}

/** People whose connections are kept. */
const peopleMax = 32;

/**
 * Clients that ask and act in the name of a person: they carry that person's token, and not the certificate of the console, so that a service sees and records nobody but the person, and lets
 * them do what their role may and nothing that the console might.
 */
export class PersonClients {
  readonly #parts: PersonClientsParts;
  readonly #clients = new Map<string, MeshClients>();

  constructor(parts: PersonClientsParts) {
    this.#parts = parts;
  }

  /** Gives the clients of a person; the console's own where nobody signs in. */
  of(person: Person | undefined): MeshClients {
    const { tls, own, addresses, clock } = this.#parts;
    if (tls === undefined || person === undefined) return own;
    const { token } = person;
    const known = this.#clients.get(token);
    if (known !== undefined) return known;
    const clients = connectClients(addresses, clock, {
      get current() {
        return { authority: tls.current.authority };
      },
      token: () => token,
    });
    this.#clients.set(token, clients);
    const [oldest] = this.#clients;
    if (this.#clients.size > peopleMax && oldest !== undefined) {
      this.#clients.delete(oldest[0]);
      oldest[1].close();
    }
    return clients;
  }

  /** Closes all connections but the console's own. */
  close(): void {
    for (const clients of this.#clients.values()) clients.close();
    this.#clients.clear();
  }
}
