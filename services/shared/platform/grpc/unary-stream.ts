import { TLSSocket } from 'node:tls';
import type { MethodDefinition } from '@grpc/grpc-js';
import { Metadata, status as statusCodes } from '@grpc/grpc-js';
import { MeshError } from '../../kernel/mesh-error.ts';
import type { DurationMs } from '../../kernel/units.ts';
import type { BriefSet, Seated } from '../../policy/brief-set.ts';
import type { CallStream, StreamConsumer } from '../http2/call-stream.ts';
import type { HeaderList } from '../http2/header-list.ts';
import { encodeHeaders } from '../http2/hpack/encode-headers.ts';
import { type CallGate, statusBlock } from './call-gate.ts';
import { MessageAssembly, prefixBytes } from './message-assembly.ts';
import type { RawCall } from './server-call.ts';
import { encodeStatus, type WireStatus } from './status.ts';

/** One unary request with its call, as a handler of grpc-js gets it. */
export interface UnaryCall extends RawCall {
  readonly request: object;
  /** Milliseconds from the headers to the whole request; undefined where grpc-js has read it. */
  readonly arrivalMs?: number;
}

/** Sends the outcome of a unary call, once. */
export type UnaryCallback = (error: Partial<WireStatus> | null, answer?: object | null) => void;

/** A request that has not come whole. */
export interface Arrival extends Seated {
  /** Answers `error` now, and waits for nothing more. */
  giveUp(error: MeshError): void;
}

/** What the requests of one server have in common until they are whole. */
export interface ArrivalHost {
  /** Longest duration of a call, from its headers on. */
  readonly callMsMax: DurationMs;
  /** Requests that are not whole. */
  readonly arrivals: BriefSet<Arrival>;
}

/** A unary method that is served on streams of HTTP/2. */
export interface UnaryMethod {
  readonly definition: MethodDefinition<object, object>;
  readonly handle: (call: UnaryCall, callback: UnaryCallback) => void;
  /** Largest message that is taken or sent. */
  readonly messageBytesMax: number;
  readonly host: ArrivalHost;
  /** What has let the calls of this method in by their headers; undefined where all are let in. */
  readonly gate: CallGate | undefined;
}

const responseHeaders = encodeHeaders([
  [':status', '200'],
  ['content-type', 'application/grpc+proto'],
]);
const okTrailers = encodeHeaders([['grpc-status', '0']]);
const neverMs = Number.POSITIVE_INFINITY;
// A copy of fewer bytes costs less than a second write.
const joinedBytesMax = 65_536;
// setTimeout takes no more.
const timerMsMax = 2 ** 31 - 1;
const timeoutPattern = /^(\d{1,8})([HMSmun])$/;
const unitMs: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1_000,
  m: 1,
  u: 0.001,
  n: 0.000_001,
};

/** Says whether a request is one that {@link UnaryStream} serves: gRPC, not compressed, with a timeout that can be read, if any. */
export function isPlainUnary(headers: HeaderList): boolean {
  const encoding = headers.get('grpc-encoding');
  return (
    headers.get('content-type')?.startsWith('application/grpc') === true &&
    (encoding === undefined || encoding === 'identity') &&
    timeoutMsOf(headers) !== undefined
  );
}

/**
 * One unary call on one stream of HTTP/2, without the layers that grpc-js has for interceptors, streams and compression: they are half of what a small call
 * costs. What goes over the wire is the same.
 */
export class UnaryStream implements UnaryCall, Arrival, StreamConsumer {
  request: object = {};
  arrivalMs = 0;
  seat = -1;
  readonly #stream: CallStream;
  readonly #method: UnaryMethod;
  readonly #assembly: MessageAssembly;
  readonly #startedAt = Date.now();
  readonly #deadline: number;
  #message: Buffer | undefined;
  #timer: NodeJS.Timeout | undefined;
  #metadata: Metadata | undefined;
  #onCancelled: readonly (() => void)[] = [];
  #isArriving = true;
  #isAnswered = false;
  #isOver = false;

  constructor(stream: CallStream, method: UnaryMethod) {
    this.#stream = stream;
    this.#method = method;
    this.#assembly = new MessageAssembly(method.messageBytesMax);
    const timeoutMs = timeoutMsOf(stream.headers) ?? neverMs;
    this.#deadline = this.#startedAt + timeoutMs;
    this.#startTimer(timeoutMs);
    method.host.arrivals.add(this);
    stream.consumer = this;
  }

  /** Whether nobody waits for the answer any more. */
  get cancelled(): boolean {
    return this.#isOver || this.#stream.isClosed;
  }

  get metadata(): Metadata {
    this.#metadata ??= Metadata.fromHttp2Headers(this.#stream.headers.toObject());
    return this.#metadata;
  }

  header(name: string): string | undefined {
    return this.#stream.headers.get(name);
  }

  getDeadline(): number {
    return this.#deadline;
  }

  getPeer(): string {
    const { remoteAddress, remotePort } = this.#stream.socket;
    if (remoteAddress === undefined) return 'unknown';
    return remotePort === undefined ? remoteAddress : `${remoteAddress}:${remotePort}`;
  }

  getAuthContext(): ReturnType<RawCall['getAuthContext']> {
    const { socket } = this.#stream;
    // One that is closed has no certificate any more.
    if (socket.destroyed || !(socket instanceof TLSSocket && socket.authorized)) return {};
    return { sslPeerCertificate: socket.getPeerCertificate() };
  }

  on(_event: 'cancelled', listener: () => void): void {
    if (this.#isOver) queueMicrotask(listener);
    else this.#onCancelled = [...this.#onCancelled, listener];
  }

  giveUp(error: MeshError): void {
    this.#refuse(encodeStatus(error));
  }

  /** Once the request is whole, what serves the method enforces the limit of the server. */
  #startTimer(timeoutMs: number): void {
    const { callMsMax } = this.#method.host;
    if (callMsMax < timeoutMs) {
      this.#timer = setTimeout(
        () => this.giveUp(this.#notWhole()),
        Math.min(callMsMax, timerMsMax),
      );
    } else if (timeoutMs !== neverMs) {
      const late = { code: statusCodes.DEADLINE_EXCEEDED, details: 'Deadline exceeded' };
      this.#timer = setTimeout(() => this.#refuse(late), Math.min(timeoutMs, timerMsMax));
    }
  }

  #notWhole(): MeshError {
    const { definition, host } = this.#method;
    return new MeshError({
      code: 'DEADLINE_EXCEEDED',
      reason: 'DEADLINE_PASSED',
      message: `${definition.path.slice(1)}: the request was not whole within ${host.callMsMax} ms; send it faster, or less of it`,
    });
  }

  /** Ends what only a request has that is not whole. */
  #endArrival(): void {
    const { host } = this.#method;
    this.#arrived();
    this.arrivalMs = Date.now() - this.#startedAt;
    if (this.#startedAt + host.callMsMax < this.#deadline) clearTimeout(this.#timer);
  }

  #arrived(): void {
    if (!this.#isArriving) return;
    this.#isArriving = false;
    const { host, gate } = this.#method;
    host.arrivals.delete(this);
    gate?.arrived();
  }

  onData(piece: Buffer): void {
    if (this.#isAnswered) return;
    // What has come of a message is no more than its largest size.
    this.#stream.credit(piece.length);
    const state = this.#assembly.push(piece);
    switch (state.kind) {
      case 'open':
        return;
      case 'whole':
        this.#message = state.message;
        return;
      case 'excess':
        this.#refuse({
          code: statusCodes.UNIMPLEMENTED,
          details: `Received a second request message for unary method ${this.#method.definition.path}`,
        });
        return;
      case 'compressed':
        this.#refuse({
          code: statusCodes.INTERNAL,
          details: 'Received a compressed message without grpc-encoding',
        });
        return;
      case 'too-large':
        this.#refuse({
          code: statusCodes.RESOURCE_EXHAUSTED,
          details: `Received message larger than max (${state.bytes} vs ${this.#method.messageBytesMax})`,
        });
        return;
    }
  }

  onEnd(): void {
    if (this.#isAnswered || this.cancelled) return;
    if (this.#message === undefined) {
      this.#refuse({
        code: statusCodes.UNIMPLEMENTED,
        details: `Received no request message for unary method ${this.#method.definition.path}`,
      });
      return;
    }
    try {
      this.request = this.#method.definition.requestDeserialize(this.#message);
    } catch {
      this.#refuse({ code: statusCodes.INTERNAL, details: 'Error deserializing request' });
      return;
    }
    this.#message = undefined;
    this.#endArrival();
    this.#method.handle(this, (error, answer) => {
      if (error) this.#refuse(error);
      else this.#answer(answer ?? {});
    });
  }

  #answer(answer: object): void {
    if (this.#isAnswered || this.cancelled) return;
    let message: Buffer;
    try {
      message = this.#method.definition.responseSerialize(answer);
    } catch (error) {
      this.#refuse({
        code: statusCodes.INTERNAL,
        details: `Error serializing response: ${error instanceof Error ? error.message : String(error)}`,
      });
      return;
    }
    const { messageBytesMax } = this.#method;
    if (message.length > messageBytesMax) {
      this.#refuse({
        code: statusCodes.RESOURCE_EXHAUSTED,
        details: `Attempted to send message with a size larger than ${messageBytesMax}`,
      });
      return;
    }
    this.#settle();
    const stream = this.#stream;
    stream.respond(responseHeaders, false);
    if (message.length <= joinedBytesMax) {
      const frame = Buffer.allocUnsafe(prefixBytes + message.length);
      writePrefix(frame, message.length);
      message.copy(frame, prefixBytes);
      stream.send(frame);
    } else {
      const prefix = Buffer.allocUnsafe(prefixBytes);
      writePrefix(prefix, message.length);
      stream.send(prefix);
      stream.send(message);
    }
    stream.end(okTrailers);
  }

  /** Answers a status other than OK; what is still to come of the request is not waited for. */
  #refuse(status: Partial<WireStatus>): void {
    if (this.#isAnswered || this.cancelled) return;
    this.#settle();
    this.#stream.respond(statusBlock(status), true);
  }

  #settle(): void {
    this.#isAnswered = true;
    this.#arrived();
    if (this.#timer !== undefined) clearTimeout(this.#timer);
  }

  onClose(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#arrived();
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    const listeners = this.#onCancelled;
    this.#onCancelled = [];
    for (const listener of listeners) listener();
  }
}

function writePrefix(frame: Buffer, bytes: number): void {
  frame[0] = 0;
  frame.writeUInt32BE(bytes, 1);
}

/** Gives the timeout of a request in milliseconds, Infinity where there is none; undefined for one that can't be read. */
function timeoutMsOf(headers: HeaderList): number | undefined {
  const text = headers.get('grpc-timeout');
  if (text === undefined) return neverMs;
  const [, digits, unit = ''] = timeoutPattern.exec(text) ?? [];
  const perUnitMs = unitMs[unit];
  return perUnitMs === undefined ? undefined : Math.trunc(Number(digits) * perUnitMs);
}
