import { isIP, type Socket } from 'node:net';
import {
  type ConnectionOptions,
  checkServerIdentity,
  connect,
  createSecureContext,
  type SecureContext,
} from 'node:tls';
import {
  CallCredentials,
  ChannelCredentials,
  type experimental,
  type ChannelOptions as GrpcOptions,
  Metadata,
} from '@grpc/grpc-js';
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

type Connector = experimental.SecureConnector;
type Connected = experimental.SecureConnectResult;

/**
 * Credentials of a channel that take the certificates anew for each connection: grpc-js's own are for ever. `onRefused` is told why a server was not trusted, and undefined when one was: a
 * channel that waits for a connection does not say it.
 */
export class TlsChannelCredentials extends ChannelCredentials {
  readonly #tls: ClientTls;
  readonly #onRefused: (why: string | undefined) => void;
  readonly #calls: CallCredentials;
  /** Made once for each set. */
  #context: { readonly of: ClientCertificates; readonly context: SecureContext } | undefined;

  constructor(tls: ClientTls, onRefused: (why: string | undefined) => void) {
    super();
    this.#tls = tls;
    this.#onRefused = onRefused;
    this.#calls = tls.token === undefined ? CallCredentials.createEmpty() : bearer(tls.token);
  }

  override _isSecure(): boolean {
    return true;
  }

  override _equals(other: ChannelCredentials): boolean {
    return this === other;
  }

  override _createSecureConnector(
    target: experimental.GrpcUri,
    _options: GrpcOptions,
    calls?: CallCredentials,
  ): Connector {
    const host = hostOf(target);
    const credentials = calls === undefined ? this.#calls : this.#calls.compose(calls);
    return {
      connect: (socket) => this.#connect(socket, host),
      waitForReady: () => Promise.resolve(),
      getCallCredentials: () => credentials,
      destroy: () => undefined,
    };
  }

  #connect(socket: Socket, host: string): Promise<Connected> {
    const options: ConnectionOptions = {
      socket,
      secureContext: this.#secureContext(),
      ALPNProtocols: ['h2'],
      // A server name must not be an address (RFC 6066); the name is checked either way.
      ...(isIP(host) === 0 ? { servername: host } : {}),
      checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
    };
    return new Promise((resolve, reject) => {
      const secured = connect(options, () => {
        this.#onRefused(undefined);
        resolve({ socket: secured, secure: true });
      });
      secured.on('error', (error) => {
        this.#onRefused(error.message);
        reject(error);
      });
    });
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

/** Gives credentials for a channel that others open, such as that of an exporter. */
export function channelCredentials(tls: ClientTls): ChannelCredentials {
  return new TlsChannelCredentials(tls, () => undefined);
}

/** The host of a target such as `dns:registry:7502` or `ipv4:127.0.0.1:7502`, without the brackets of IPv6. */
function hostOf({ path }: experimental.GrpcUri): string {
  return path.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}

function bearer(token: () => string | undefined): CallCredentials {
  return CallCredentials.createFromMetadataGenerator((_call, done) => {
    const metadata = new Metadata();
    const text = token();
    if (text !== undefined) metadata.set('authorization', `Bearer ${text}`);
    done(null, metadata);
  });
}
