import type { CallStream } from '../http2/call-stream.ts';
import { type CallGate, refuseStream } from './call-gate.ts';
import { serveByGrpcJs } from './grpc-js-stream.ts';
import type { OnHttp2Stream } from './ports-below.ts';
import { isPlainCall } from './stream-call.ts';
import type { AccessGate, Denial } from './tls/access-gate.ts';

/** A method whose plain calls are served on their streams of HTTP/2. */
export interface StreamMethod {
  /** Stands before its calls; undefined where all are let in. */
  readonly gate: CallGate | undefined;
  /** Takes a call. */
  readonly serve: (stream: CallStream) => void;
}

/** What the calls of a port go through. */
export interface StreamService {
  /** By their path such as `/mlmesh.router.v1.RouterService/Predict`; all else goes to grpc-js. */
  readonly methods: ReadonlyMap<string, StreamMethod>;
  /** Stands before everything, health, reflection and what is not there as well; undefined without TLS. */
  readonly access: AccessGate | undefined;
  readonly onDenied: (denial: Denial) => void;
  readonly grpcJs: OnHttp2Stream;
}

/** Gives what serves each call of a port. */
export function serveStreams({
  methods,
  access,
  onDenied,
  grpcJs,
}: StreamService): (stream: CallStream) => void {
  return (stream) => {
    const denial = access?.denialOf(stream);
    if (denial !== undefined) {
      refuseStream(stream, denial.error);
      onDenied(denial);
      return;
    }
    const method = methods.get(stream.headers.path);
    if (method === undefined || !isPlainCall(stream.headers)) {
      serveByGrpcJs(stream, grpcJs);
      return;
    }
    const refusal = method.gate?.enter((name) => stream.headers.get(name));
    if (refusal === undefined) method.serve(stream);
    else refuseStream(stream, refusal);
  };
}
