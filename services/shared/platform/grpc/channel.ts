import { Client, connectivityState, credentials } from '@grpc/grpc-js';
import { receiveLimitsDefault } from '../http2/receive-limits.ts';
import { isLoopback, parseBindAddress } from './bind-address.ts';
import { TlsChannelCredentials } from './tls/channel-credentials.ts';
import type { ClientTls } from './tls/secure-options.ts';

/** What a channel is made of. */
export interface ChannelOptions {
  /** Plain text without it. */
  readonly tls?: ClientTls | undefined;
  /** Largest message that is taken or sent. */
  readonly messageBytesMax: number;
  /** Told why a server was not trusted, and undefined when one was. */
  readonly onRefused?: (why: string | undefined) => void;
}

/**
 * Gives a connection to one address, which it opens with the first call and again whenever it breaks.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG when the address is malformed.
 */
export function openChannel(address: string, options: ChannelOptions): Client {
  const { host } = parseBindAddress(address);
  const { tls, onRefused = ignore } = options;
  // Plain text goes to any host: a server that is not on loopback has TLS and refuses it.
  const secured = tls && new TlsChannelCredentials(tls, onRefused);
  return new Client(address, secured ?? credentials.createInsecure(), {
    // A proxy of the environment is asked for other machines alone.
    'grpc.enable_http_proxy': isLoopback(host) ? 0 : 1,
    'grpc.enable_channelz': 0, // costs 15 % of all calls, and nobody reads it
    'grpc.enable_retries': 0, // the client decides about retries, by deadline and budget
    'grpc.max_receive_message_length': options.messageBytesMax,
    'grpc.max_send_message_length': options.messageBytesMax,
    'grpc-node.flow_control_window': windowBytes,
    // A restarted service is there again within a second or two: look often.
    'grpc.initial_reconnect_backoff_ms': 50,
    'grpc.max_reconnect_backoff_ms': 500,
    // On a cluster it comes back under another address.
    'grpc.dns_min_time_between_resolutions_ms': 2_000,
    // A peer whose machine is gone says nothing: ask it.
    'grpc.keepalive_time_ms': 10_000,
    'grpc.keepalive_timeout_ms': 5_000,
    // Otherwise clients of one process and address share a connection, and one's close is another's.
    'grpc.use_local_subchannel_pool': 1,
  });
}

const ignore = (): void => {};

/** What a peer may send of an answer before it is read: a tensor of an image arrives without a wait. */
const windowBytes = receiveLimitsDefault.streamBytesMax;

/** Says whether a channel is connected; where it is not, asks it to connect. */
export function isConnected(channel: Client): boolean {
  return channel.getChannel().getConnectivityState(true) === connectivityState.READY;
}

/** Resolves when a channel's state changes, or after `ms`. */
export function stateChange(channel: Client, ms: number): Promise<void> {
  const inner = channel.getChannel();
  return new Promise((resolve) => {
    inner.watchConnectivityState(inner.getConnectivityState(true), Date.now() + ms, () =>
      resolve(),
    );
  });
}
