import type { EventEmitter } from 'node:events';
import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { type ReceiveLimits, receiveWindowBytes, stockWindowBytes } from './receive-window.ts';

/** Connection windows limit nothing in Node, which gives them back as data arrives; a small one only makes the peer wait. */
const sessionWindowBytes = 16 * 1024 * 1024;

/** A peer that takes no smaller window within this time is cut off. 20 s: as long as gRPC waits for the answer to a keepalive. */
const acknowledgeMsMax = 20_000;

/** Widens the receive windows of all connections to the HTTP/2 servers of a grpc-js server that come from now on. grpc-js has no option for it (grpc-node PR 3058 is open). */
export function widenSessions(servers: readonly EventEmitter[], limits: ReceiveLimits): void {
  for (const server of servers) {
    server.on('session', (session: ServerHttp2Session) => new WideSession(session, limits));
  }
}

/** Keeps the receive windows of one connection as wide as its number of open calls allows. */
class WideSession {
  readonly #session: ServerHttp2Session;
  readonly #limits: ReceiveLimits;
  #openStreams = 0;
  /** What the peer was told last. */
  #windowBytes = stockWindowBytes;
  #timer: NodeJS.Timeout | undefined;

  constructor(session: ServerHttp2Session, limits: ReceiveLimits) {
    this.#session = session;
    this.#limits = limits;
    session.on('stream', (stream: ServerHttp2Stream) => this.#onStream(stream));
    session.once('close', () => clearTimeout(this.#timer));
    session.setLocalWindowSize(Math.max(sessionWindowBytes, limits.streamBytesMax));
    this.#adjust();
  }

  #onStream(stream: ServerHttp2Stream): void {
    this.#openStreams += 1;
    this.#adjust();
    stream.on('close', this.#onStreamClose);
  }

  readonly #onStreamClose = (): void => {
    this.#openStreams -= 1;
    this.#adjust();
  };

  /** One change at a time: what comes meanwhile is looked at when the peer has taken it. */
  #adjust(): void {
    if (this.#timer !== undefined || this.#session.destroyed) return;
    const wanted = receiveWindowBytes(this.#openStreams, this.#windowBytes, this.#limits);
    if (wanted === this.#windowBytes) return;
    this.#windowBytes = wanted;
    this.#timer = setTimeout(
      () => this.#session.destroy(undefined, constants.NGHTTP2_SETTINGS_TIMEOUT),
      acknowledgeMsMax,
    ).unref();
    const settings = { initialWindowSize: wanted, maxFrameSize: this.#limits.frameBytesMax };
    this.#session.settings(settings, () => {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#adjust();
    });
  }
}
