import { status as statusCodes } from '@grpc/grpc-js';
import { MeshError } from '../../kernel/mesh-error.ts';
import type { DurationMs } from '../../kernel/units.ts';
import type { BriefSet, Seated } from '../../policy/brief-set.ts';
import type { CallStream, StreamConsumer } from '../http2/call-stream.ts';
import { encodeHeaders } from '../http2/hpack/encode-headers.ts';
import type { CallGate } from './call-gate.ts';
import { MessageAssembly } from './message-assembly.ts';
import type { RawCall } from './server-call.ts';
import { encodeStatus, toMeshError, type WireStatus } from './status.ts';
import { plainStatus, statusBlock } from './status-block.ts';
import { callIsLate, neverMs, type OutcomeCallback, StreamCall } from './stream-call.ts';
import {
  deserializeRequest,
  type MessageLimits,
  messageRefused,
  sendMessage,
  serializeAnswer,
} from './wire-message.ts';

/** One unary request with its call, as a handler of grpc-js gets it. */
export interface UnaryCall extends RawCall {
  readonly request: object;
  /** Milliseconds from the headers to the whole request; undefined where grpc-js has read it. */
  readonly arrivalMs?: number;
}

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
export interface UnaryMethod extends MessageLimits {
  readonly handle: (call: UnaryCall, callback: OutcomeCallback) => void;
  readonly host: ArrivalHost;
  /** What has let the calls of this method in by their headers; undefined where all are let in. */
  readonly gate: CallGate | undefined;
}

const responseHeaders = encodeHeaders([
  [':status', '200'],
  ['content-type', 'application/grpc+proto'],
]);
const okTrailers = encodeHeaders([['grpc-status', '0']]);

/**
 * One unary call on one stream of HTTP/2, without the layers that grpc-js has for interceptors, streams and compression: they are half of what a small call
 * costs. What goes over the wire is the same.
 */
export class UnaryStream extends StreamCall implements UnaryCall, Arrival, StreamConsumer {
  request: object = {};
  arrivalMs = 0;
  seat = -1;
  readonly #method: UnaryMethod;
  readonly #assembly: MessageAssembly;
  #message: Buffer | undefined;
  #isArriving = true;
  #isAnswered = false;

  constructor(stream: CallStream, method: UnaryMethod) {
    super(stream);
    this.#method = method;
    this.#assembly = new MessageAssembly(method.messageBytesMax);
    this.#limitTime();
    method.host.arrivals.add(this);
    stream.consumer = this;
  }

  giveUp(error: MeshError): void {
    this.#refuse(encodeStatus(error));
  }

  /** Once the request is whole, what serves the method enforces the limit of the server. */
  #limitTime(): void {
    const { callMsMax } = this.#method.host;
    if (callMsMax < this.timeoutMs) {
      this.startTimer(callMsMax, () => this.giveUp(this.#notWhole()));
    } else if (this.timeoutMs !== neverMs) {
      this.startTimer(this.timeoutMs, () => this.#refuse(plainStatus(callIsLate())));
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
    this.arrivalMs = Date.now() - this.startedAt;
    if (host.callMsMax < this.timeoutMs) this.stopTimer();
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
    this.stream.credit(piece.length);
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
      case 'too-large':
        this.#refuse(plainStatus(messageRefused(state, this.#method)));
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
      this.request = deserializeRequest(this.#method, this.#message);
    } catch (error) {
      this.#refuse(plainStatus(toMeshError(error)));
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
      message = serializeAnswer(this.#method, answer);
    } catch (error) {
      this.#refuse(plainStatus(toMeshError(error)));
      return;
    }
    this.#settle();
    this.stream.respond(responseHeaders, false);
    sendMessage(this.stream, message);
    this.stream.end(okTrailers);
  }

  /** Answers a status other than OK; what is still to come of the request is not waited for. */
  #refuse(status: Partial<WireStatus>): void {
    if (this.#isAnswered || this.cancelled) return;
    this.#settle();
    this.stream.respond(statusBlock(status), true);
  }

  #settle(): void {
    this.#isAnswered = true;
    this.#arrived();
    this.stopTimer();
  }

  onClose(): void {
    this.#arrived();
    this.stopTimer();
    this.cancel();
  }
}
