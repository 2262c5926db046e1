import type { Socket } from 'node:net';
import { connect } from 'node:tls';
import {
  CallCredentials,
  ChannelCredentials,
  type experimental,
  type ChannelOptions as GrpcOptions,
  Metadata,
} from '@grpc/grpc-js';
import { type ClientTls, SecureOptions } from './secure-options.ts';

type Connector = experimental.SecureConnector;
type Connected = experimental.SecureConnectResult;

/**
 * Credentials of a channel that take the certificates anew for each connection: grpc-js's own are for ever. `onRefused` is told why a server was not trusted, and undefined when one was: a
 * channel that waits for a connection does not say it.
 */
export class TlsChannelCredentials extends ChannelCredentials {
  readonly #options: SecureOptions;
  readonly #onRefused: (why: string | undefined) => void;
  readonly #calls: CallCredentials;

  constructor(tls: ClientTls, onRefused: (why: string | undefined) => void) {
    super();
    this.#options = new SecureOptions(tls);
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
    return new Promise((resolve, reject) => {
      const secured = connect({ ...this.#options.to(host), socket }, () => {
        this.#onRefused(undefined);
        resolve({ socket: secured, secure: true });
      });
      secured.on('error', (error) => {
        this.#onRefused(error.message);
        reject(error);
      });
    });
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
