import type { Clock } from '../../kernel/clock.ts';
import type { MeshError } from '../../kernel/mesh-error.ts';
import { rpcMetrics } from '../../kernel/metric-catalogue.ts';
import type { BoundHistogram, Counter, Histogram } from '../../kernel/metric-sink.ts';
import type { TraceContext } from '../../kernel/trace-context.ts';
import type { CallObserver, ObservedCall } from '../grpc/serve-method.ts';
import type { ServerCall } from '../grpc/server-call.ts';
import type { Telemetry } from './start-telemetry.ts';

type RpcTelemetry = Pick<Telemetry, 'spans' | 'ids' | 'spanClock' | 'metrics' | 'log'>;

/**
 * Gives what measures every call of a server, and makes a span of each whose caller's trace is sampled. Calls that carry telemetry are
 * left alone: they would be about themselves. An untraced call gets no span: where a trace begins, the handler decides.
 */
export function rpcObserver(telemetry: RpcTelemetry, clock: Clock): CallObserver {
  const instruments: Instruments = {
    durations: telemetry.metrics.histogram(rpcMetrics.duration),
    errors: telemetry.metrics.counter(rpcMetrics.errors),
    bound: new Map(),
  };
  const denials = telemetry.metrics.counter(rpcMetrics.denied);
  return {
    start(call) {
      if (call.method.startsWith('opentelemetry.')) return undefined;
      return new RpcCall(call, instruments, telemetry, clock);
    },
    denied({ method, plane, who, error: { code, reason, message } }) {
      denials.bind({ method, plane, reason }).add(1);
      telemetry.log.warn('call-denied', { method, plane, who, code, reason, message });
    },
  };
}

interface Instruments {
  readonly durations: Histogram<'method' | 'code'>;
  readonly errors: Counter<'method' | 'reason'>;
  /** Bound instruments by code, then by method; methods come from the contract, so the number is closed. */
  readonly bound: Map<string, Map<string, BoundHistogram>>;
}

class RpcCall implements ObservedCall {
  readonly trace: TraceContext | undefined;
  readonly #call: ServerCall;
  readonly #parentSpanId: string | undefined;
  readonly #instruments: Instruments;
  readonly #telemetry: RpcTelemetry;
  readonly #clock: Clock;
  readonly #start: ReturnType<Clock['monotonic']>;

  constructor(call: ServerCall, instruments: Instruments, telemetry: RpcTelemetry, clock: Clock) {
    this.#call = call;
    this.#instruments = instruments;
    this.#telemetry = telemetry;
    this.#clock = clock;
    this.#start = clock.monotonic();
    const parent = call.trace;
    this.#parentSpanId = parent?.spanId;
    if (parent?.isSampled === true) {
      this.trace = { ...parent, spanId: telemetry.ids.newSpanId() };
    }
  }

  end(error: MeshError | undefined): void {
    const end = this.#clock.monotonic();
    const { method } = this.#call;
    this.#durationOf(method, error?.code ?? 'OK').record(end - this.#start);
    if (error !== undefined) {
      this.#instruments.errors.bind({ method, reason: error.reason }).add(1);
    }
    if (this.trace === undefined) return;
    const { spanClock, spans } = this.#telemetry;
    spans.record({
      traceId: this.trace.traceId,
      spanId: this.trace.spanId,
      parentSpanId: this.#parentSpanId,
      name: method,
      kind: 'server',
      startEpochMs: spanClock.epochOf(this.#start),
      endEpochMs: spanClock.epochOf(end),
      attributes: { 'rpc.system': 'grpc', 'rpc.method': method, 'error.type': error?.reason },
      error: error?.message,
    });
  }

  #durationOf(method: string, code: string): BoundHistogram {
    const { bound, durations } = this.#instruments;
    const ofCode = bound.get(code) ?? new Map<string, BoundHistogram>();
    const known = ofCode.get(method);
    if (known !== undefined) return known;
    const made = durations.bind({ method, code });
    bound.set(code, ofCode.set(method, made));
    return made;
  }
}
