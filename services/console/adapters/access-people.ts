import type { IdentityReader } from '../../shared/platform/grpc/tls/identity.ts';
import type { Person } from '../core/person.ts';
import type { People } from '../ports.ts';

/** Knows people by the access list that the services themselves ask, as it is now. */
export class AccessPeople implements People {
  readonly #reader: IdentityReader;

  constructor(reader: IdentityReader) {
    this.#reader = reader;
  }

  whoHas(token: string): Person {
    const identity = this.#reader.identityOf(undefined, `Bearer ${token}`);
    return { name: identity?.name ?? '', roles: identity?.roles ?? [], token };
  }
}
