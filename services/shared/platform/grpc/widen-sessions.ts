import { EventEmitter } from 'node:events';
import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Server } from '@grpc/grpc-js';
import { type ReceiveLimits, receiveWindowBytes, stockWindowBytes } from './receive-window.ts';

// grpc-js has no option for the receive window of its server (grpc-node PR 3058 is open). All that this file takes from inside of it
// is the map of HTTP/2 servers; what it then uses is public API of Node.
const serversField = 'http2Servers';

/** Connection windows limit nothing in Node, which gives them back as data arrives; a small one only makes the peer wait. */
const sessionWindowBytes = 16 * 1024 * 1024;

/** A peer that takes no smaller window within this time is cut off. 20 s: as long as gRPC waits for the answer to a keepalive. */
const acknowledgeMsMax = 20_000;

/**
 * Widens the receive windows of all connections to a server that come from now on; call it once the server is bound.
 * @returns undefined, or why nothing was changed: the server then takes 64 KiB at a time, like every grpc-js server.
 */
export function widenSessions(server: Server, limits: ReceiveLimits): string | undefined {
  const field: unknown = Reflect.get(server, serversField);
  if (!(field instanceof Map) || field.size === 0) {
    return `wanted a map of HTTP/2 servers in '${serversField}' of the grpc-js server, got ${describe(field)}`;
  }
  const http2Servers: unknown[] = [...field.keys()];
  const emitters = http2Servers.filter((one) => one instanceof EventEmitter);
  if (emitters.length < http2Servers.length) {
    return `wanted HTTP/2 servers in '${serversField}' of the grpc-js server, got something that emits no events`;
  }
  for (const emitter of emitters) {
    emitter.on('session', (session: ServerHttp2Session) => new WideSession(session, limits));
  }
  return undefined;
}

function describe(field: unknown): string {
  return field instanceof Map ? 'an empty one' : typeof field;
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
    stream.once('close', () => {
      this.#openStreams -= 1;
      this.#adjust();
    });
  }

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
