import type {
  handleClientStreamingCall,
  ServerDuplexStream,
  ServerWritableStream,
  UntypedHandleCall,
} from '@grpc/grpc-js';
import type { Clock } from '../../kernel/clock.ts';
import { MeshError } from '../../kernel/mesh-error.ts';
import type { TraceContext } from '../../kernel/trace-context.ts';
import { durationMs } from '../../kernel/units.ts';
import type { BriefSet, Seated } from '../../policy/brief-set.ts';
import type { FrameMethod } from './frame-call.ts';
import { FrameFlow } from './frame-flow.ts';
import { GrpcJsFrames } from './grpc-js-frames.ts';
import type { LoadedMethod, MethodKind } from './load-proto.ts';
import { readMessages } from './read-messages.ts';
import { RefusedRequest } from './request-guard.ts';
import type { FrameHandler } from './serve-frames.ts';
import { deadlinePassed, IncomingCall, type ServerCall } from './server-call.ts';
import { encodeStatus, toMeshError } from './status.ts';
import type { OutcomeCallback } from './stream-call.ts';
import type { AccessGate, Denial } from './tls/access-gate.ts';
import type { ArrivalHost, UnaryCall } from './unary-stream.ts';

/** What telemetry learns of each call. */
export interface CallObserver {
  /** Called before the handler; undefined means that this call is not looked at. */
  start(call: ServerCall): ObservedCall | undefined;
  /** Called for each call that was refused for who calls; `start` is not. */
  denied?(denial: Denial): void;
}

/** One call that is looked at. */
export interface ObservedCall {
  /** Span of this server, under which the handler's own spans hang; undefined where it makes none. */
  readonly trace: TraceContext | undefined;
  /** Called once, with the error that went out. */
  end(error: MeshError | undefined): void;
}

/** A call under way, as a server that stops sees it. */
export interface DrainableCall extends Seated {
  /** Ends a stream that nobody limits in time, when what it works on is done; leaves other calls alone. */
  drain(error: MeshError): void;
  /** Answers `error` now. */
  force(error: MeshError): void;
}

/** What all methods of one server share. */
export interface MethodHost extends ArrivalHost {
  readonly clock: Clock;
  readonly observer: CallObserver | undefined;
  /** Knows who calls; undefined without TLS. */
  readonly access: AccessGate | undefined;
  /** Learns of errors that are not MeshErrors; their text goes nowhere else. */
  readonly onInternalError: (error: MeshError, call: ServerCall) => void;
  /** Calls under way. */
  readonly calls: BriefSet<DrainableCall>;
  /** Whether the server takes no new calls. */
  isDraining: boolean;
}

type UnaryHandler = (request: object, call: ServerCall) => Promise<object> | object;
type ServerStreamHandler = (request: object, call: ServerCall) => AsyncIterable<object>;
type ClientStreamHandler = (requests: AsyncIterable<object>, call: ServerCall) => Promise<object>;
type BidiHandler = (requests: AsyncIterable<object>, call: ServerCall) => AsyncIterable<object>;

/** Any handler of a method; which one it is follows from the method's kind, and the types of Handlers hold it to that. */
export type AnyHandler =
  | UnaryHandler
  | ServerStreamHandler
  | ClientStreamHandler
  | BidiHandler
  | FrameHandler<object, object>;

/** Gives what grpc-js calls for one method. */
export function serveMethod(
  method: LoadedMethod,
  handler: AnyHandler,
  host: MethodHost,
): UntypedHandleCall {
  const server = servers[method.kind];
  return server(method, handler, host);
}

const servers: Readonly<
  Record<
    MethodKind,
    (method: LoadedMethod, handler: AnyHandler, host: MethodHost) => UntypedHandleCall
  >
> = {
  unary: unaryOf,
  'server-stream': serveServerStream,
  'client-stream': serveClientStream,
  bidi: serveBidi,
};

/** Gives what serves one unary method, on grpc-js and without it. */
export function unaryOf(
  { method }: LoadedMethod,
  handler: AnyHandler,
  host: MethodHost,
): (raw: UnaryCall, callback: OutcomeCallback) => void {
  const answer = handler as UnaryHandler;
  return (raw, callback) => {
    const leftMs = durationMs(Math.max(0, host.callMsMax - (raw.arrivalMs ?? 0)));
    const call = new IncomingCall(raw, method, host, leftMs);
    const settlement = new Settlement(call, host, callback);
    if (!settlement.admit()) return;
    settlement.enforceDeadline();
    runUnary(() => answer(accepted(raw.request), call), settlement);
  };
}

/** Gives what begins the calls of one method that takes frames, on grpc-js and without it. */
export function framesOf(
  { method }: LoadedMethod,
  handler: FrameHandler<object, object>,
  host: MethodHost,
): FrameMethod['begin'] {
  return (raw, carrier, callback) => {
    const call = new IncomingCall(raw, method, host, undefined);
    const settlement = new Settlement(call, host, callback);
    if (!settlement.admit()) return undefined;
    const flow = new FrameFlow(carrier, handler, call, (error) => settlement.settle(error));
    settlement.drainWith((error) => flow.drain(error));
    return flow;
  };
}

function serveClientStream(
  { method }: LoadedMethod,
  handler: AnyHandler,
  host: MethodHost,
): UntypedHandleCall {
  const answer = handler as ClientStreamHandler;
  const serve: handleClientStreamingCall<object, object> = (raw, callback) => {
    const call = new IncomingCall(raw, method, host, undefined);
    const settlement = new Settlement(call, host, callback);
    if (!settlement.admit()) return;
    runUnary(() => answer(readMessages(raw, call.signal), call), settlement);
  };
  return serve;
}

function serveServerStream(
  { method }: LoadedMethod,
  handler: AnyHandler,
  host: MethodHost,
): UntypedHandleCall {
  const answer = handler as ServerStreamHandler;
  return (raw: ServerWritableStream<object, object>) => {
    const call = new IncomingCall(raw, method, host, undefined);
    const settlement = new Settlement(call, host, streamCallback(raw));
    if (settlement.admit())
      void runStream(raw, () => answer(accepted(raw.request), call), settlement);
  };
}

function serveBidi(loaded: LoadedMethod, handler: AnyHandler, host: MethodHost): UntypedHandleCall {
  if (typeof handler !== 'function') return serveFramesByGrpcJs(framesOf(loaded, handler, host));
  const answer = handler as BidiHandler;
  return (raw: ServerDuplexStream<object, object>) => {
    const call = new IncomingCall(raw, loaded.method, host, undefined);
    const settlement = new Settlement(call, host, streamCallback(raw));
    if (!settlement.admit()) return;
    void runStream(raw, () => answer(readMessages(raw, call.signal), call), settlement);
  };
}

function serveFramesByGrpcJs(begin: FrameMethod['begin']): UntypedHandleCall {
  return (raw: ServerDuplexStream<object, object>) => {
    const frames = new GrpcJsFrames(raw);
    const flow = begin(raw, frames, streamCallback(raw));
    if (flow !== undefined) frames.giveTo(flow);
  };
}

/** Sends the outcome of one call once, whatever comes first: answer, error, own deadline, drain. */
class Settlement implements DrainableCall {
  seat = -1;
  readonly #call: IncomingCall;
  readonly #host: MethodHost;
  readonly #callback: OutcomeCallback;
  #observed: ObservedCall | undefined;
  #timer: NodeJS.Timeout | undefined;
  #drain: ((error: MeshError) => void) | undefined;
  #isDone = false;

  constructor(call: IncomingCall, host: MethodHost, callback: OutcomeCallback) {
    this.#call = call;
    this.#host = host;
    this.#callback = callback;
  }

  /** Refuses a call that is late or comes during a drain. */
  admit(): boolean {
    const { observer, isDraining } = this.#host;
    this.#observed = observer?.start(this.#call);
    if (this.#observed?.trace !== undefined) this.#call.adoptTrace(this.#observed.trace);
    if (isDraining) {
      this.settle(draining(this.#call.method));
      return false;
    }
    if (this.#call.remainingMs() <= 0) {
      this.settle(deadlinePassed(this.#call.method));
      return false;
    }
    this.#host.calls.add(this);
    return true;
  }

  /** Says what a drain does to this call where nobody limits it in time; otherwise its signal aborts. */
  drainWith(drain: (error: MeshError) => void): void {
    this.#drain = drain;
  }

  drain(error: MeshError): void {
    if (this.#call.deadline !== Number.POSITIVE_INFINITY) return;
    if (this.#drain === undefined) this.#call.abort(error);
    else this.#drain(error);
  }

  force(error: MeshError): void {
    this.#call.abort(error);
    this.settle(error);
  }

  /** Answers at the server's own limit; the caller's is enforced by what carries the call. */
  enforceDeadline(): void {
    if (!this.#call.isDeadlineOwn) return;
    this.#timer = setTimeout(() => {
      const error = deadlinePassed(this.#call.method);
      this.#call.abort(error);
      this.settle(error);
    }, this.#call.remainingMs());
  }

  settle(thrown: unknown, answer?: object): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#call.settle();
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#host.calls.delete(this);
    if (thrown === undefined) {
      this.#callback(null, answer);
      this.#observed?.end(undefined);
      return;
    }
    const error = toMeshError(thrown);
    if (error !== thrown) this.#host.onInternalError(error, this.#call);
    this.#callback(encodeStatus(error));
    this.#observed?.end(error);
  }
}

/** Gives a request that its guard let through. */
function accepted(request: object): object {
  if (request instanceof RefusedRequest) throw request.error;
  return request;
}

function runUnary(answer: () => Promise<object> | object, settlement: Settlement): void {
  try {
    const outcome = answer();
    if (outcome instanceof Promise) {
      outcome.then(
        (value: object) => settlement.settle(undefined, value),
        (error: unknown) => settlement.settle(error ?? new Error('rejected without an error')),
      );
    } else settlement.settle(undefined, outcome);
  } catch (error) {
    settlement.settle(error);
  }
}

type RawWritable = ServerWritableStream<object, object> | ServerDuplexStream<object, object>;

async function runStream(
  raw: RawWritable,
  answer: () => AsyncIterable<object>,
  settlement: Settlement,
): Promise<void> {
  try {
    for await (const response of answer()) {
      if (raw.destroyed) break;
      if (!raw.write(response)) await afterDrain(raw);
      if (raw.destroyed) break;
    }
    settlement.settle(undefined);
  } catch (error) {
    settlement.settle(error);
  }
}

/** Resolves when a stream takes more, or is gone. */
function afterDrain(raw: RawWritable): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      raw.off('drain', done);
      raw.off('close', done);
      resolve();
    };
    raw.on('drain', done);
    raw.on('close', done);
  });
}

/** Ends a stream as a unary callback would: grpc-js takes its status from an 'error' event. */
function streamCallback(raw: RawWritable): OutcomeCallback {
  return (status) => {
    if (raw.destroyed) return;
    if (status) raw.emit('error', status);
    else raw.end();
  };
}

/** Gives UNAVAILABLE / DRAINING. */
function draining(method: string): MeshError {
  return new MeshError({
    code: 'UNAVAILABLE',
    reason: 'DRAINING',
    message: `${method}: this server is stopping and takes no new calls; ask another one`,
    retry: { kind: 'elsewhere' },
  });
}
