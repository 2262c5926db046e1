import { isIP } from 'node:net';
import {
  type ConnectionOptions,
  checkServerIdentity,
  createSecureContext,
  type SecureContext,
} from 'node:tls';
import type { CertificateSet } from './certificates.ts';

/** What a client proves itself with, and whom it trusts. */
export interface ClientTls {
  /** What to connect with now; a connection that is open keeps what it was opened with. */
  readonly current: ClientCertificates;
  /** Bearer token that goes with each call; undefined for none. */
  readonly token?: (() => string | undefined) | undefined;
}

/** The certificates of a client. */
export type ClientCertificates = Pick<CertificateSet, 'authority'> &
  Partial<Pick<CertificateSet, 'certificate' | 'key'>>;

/** How the connections of a client are secured, each with the certificates that count when it begins. */
export class SecureOptions {
  readonly #tls: ClientTls;
  /** Made once for each set. */
  #context: { readonly of: ClientCertificates; readonly context: SecureContext } | undefined;

  constructor(tls: ClientTls) {
    this.#tls = tls;
  }

  /** Gives what to connect to a host with; its certificate has to have that name or address. */
  to(host: string): ConnectionOptions {
    return {
      secureContext: this.#secureContext(),
      ALPNProtocols: ['h2'],
      // A server name must not be an address (RFC 6066); the name is checked either way.
      ...(isIP(host) === 0 ? { servername: host } : {}),
      checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
    };
  }

  #secureContext(): SecureContext {
    const { current } = this.#tls;
    if (this.#context?.of !== current) {
      const { authority, certificate, key } = current;
      this.#context = {
        of: current,
        context: createSecureContext({
          ca: authority,
          minVersion: 'TLSv1.2',
          ...(certificate === undefined || key === undefined ? {} : { cert: certificate, key }),
        }),
      };
    }
    return this.#context.context;
  }
}
