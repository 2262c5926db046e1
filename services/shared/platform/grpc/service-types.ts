import type { Services } from '../../../gen/services.ts';
import type { TraceContext } from '../../kernel/trace-context.ts';
import type { DurationMs, MonotonicMs } from '../../kernel/units.ts';
import type { EncodedMessage } from './encoded-message.ts';
import type { FrameHandler } from './serve-frames.ts';
import type { ServerCall } from './server-call.ts';

/** Full name of a service of the contract, such as `mlmesh.router.v1.RouterService`. */
export type ServiceName = keyof Services;

/** Key of a method, such as `predict`. */
export type MethodName<N extends ServiceName> = keyof Services[N];

/** What a server reads: every field is present, with its default where the caller left it out. */
export type RequestOf<N extends ServiceName, M extends MethodName<N>> = Services[N][M] extends {
  requestOut: infer Request;
}
  ? Request
  : never;

/** What a server answers; fields that are left out travel as their default. */
export type ResponseOf<N extends ServiceName, M extends MethodName<N>> = Services[N][M] extends {
  response: infer Response;
}
  ? Response
  : never;

/** What a client sends; fields that are left out travel as their default. */
export type ClientRequestOf<
  N extends ServiceName,
  M extends MethodName<N>,
> = Services[N][M] extends { request: infer Request } ? Request : never;

/** What a client reads: every field is present, with its default where the server left it out. */
export type ClientResponseOf<
  N extends ServiceName,
  M extends MethodName<N>,
> = Services[N][M] extends { responseOut: infer Response } ? Response : never;

type KindOf<N extends ServiceName, M extends MethodName<N>> = Services[N][M] extends {
  kind: infer Kind;
}
  ? Kind
  : never;

/** A message, or its bytes. */
type Answer<Response> = Response | EncodedMessage;

interface HandlersByKind<Request, Response> {
  readonly unary: (
    request: Request,
    call: ServerCall,
  ) => Promise<Answer<Response>> | Answer<Response>;
  readonly 'server-stream': (request: Request, call: ServerCall) => AsyncIterable<Response>;
  readonly 'client-stream': (
    requests: AsyncIterable<Request>,
    call: ServerCall,
  ) => Promise<Response>;
  readonly bidi:
    | ((requests: AsyncIterable<Request>, call: ServerCall) => AsyncIterable<Response>)
    | FrameHandler<Request, Response>;
}

interface CallsByKind<Request, Response> {
  readonly unary: (request: Request, options?: CallOptions) => Promise<Response>;
  readonly 'server-stream': (request: Request, options?: CallOptions) => AsyncIterable<Response>;
  readonly 'client-stream': (
    requests: AsyncIterable<Request>,
    options?: CallOptions,
  ) => Promise<Response>;
  readonly bidi: (
    requests: AsyncIterable<Request>,
    options?: CallOptions,
  ) => AsyncIterable<Response>;
}

/** The methods of one service as its server writes them; what one throws travels as it is when it is a MeshError. */
export type Handlers<N extends ServiceName> = {
  readonly [M in MethodName<N>]: KindOf<N, M> extends keyof HandlersByKind<unknown, unknown>
    ? HandlersByKind<RequestOf<N, M>, ResponseOf<N, M>>[KindOf<N, M>]
    : never;
};

/** The methods of one service as its callers see them. */
export type Calls<N extends ServiceName> = {
  readonly [M in MethodName<N>]: KindOf<N, M> extends keyof CallsByKind<unknown, unknown>
    ? CallsByKind<ClientRequestOf<N, M>, ClientResponseOf<N, M>>[KindOf<N, M>]
    : never;
};

/** What each call says: how long it may take, who may end it, and where its spans hang. */
export interface CallOptions {
  /** Latest end, on this process's monotonic clock; the earlier of this and `timeoutMs` counts. */
  readonly deadline?: MonotonicMs;
  /** Longest duration. A call with neither gets the client's `timeoutMs`. */
  readonly timeoutMs?: DurationMs;
  /** Ends the call with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
  readonly trace?: TraceContext | undefined;
  /** Whether a server that has too much to do should let it in before others. */
  readonly isUrgent?: boolean;
}
