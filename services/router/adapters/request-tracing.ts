import type { TraceContext } from '../../shared/kernel/trace-context.ts';
import { monotonicMs } from '../../shared/kernel/units.ts';
import type { SpanRecord } from '../../shared/platform/telemetry/span-recorder.ts';
import type { Telemetry } from '../../shared/platform/telemetry/start-telemetry.ts';
import type { EndedRequest, RequestTracing } from '../predict/router.ts';
import type { EndedShadow, ShadowTracing } from '../predict/shadow-fan-out.ts';

/** An answer that takes longer is exported whatever the head decided: half of the model's budget. */
const slowMs = 25;
/** Under overload every answer is slow, and telling so of each would make it slower: so many a second tell enough. */
const unsampledPerSecondMax = 50;

/** Makes the router's spans after the fact: those of a sample, and of errors, degraded and slow answers, up to 50 a second. */
export class SpanTracing implements RequestTracing, ShadowTracing {
  readonly #telemetry: Pick<Telemetry, 'spans' | 'ids' | 'spanClock'>;
  readonly #isHeadSampled: () => boolean;
  #second = 0;
  #unsampled = 0;

  constructor(
    telemetry: Pick<Telemetry, 'spans' | 'ids' | 'spanClock'>,
    isHeadSampled: () => boolean,
  ) {
    this.#telemetry = telemetry;
    this.#isHeadSampled = isHeadSampled;
  }

  begin(parent: TraceContext | undefined): TraceContext {
    const { ids } = this.#telemetry;
    if (parent !== undefined) return { ...parent, spanId: ids.newSpanId() };
    return {
      traceId: ids.newTraceId(),
      spanId: ids.newSpanId(),
      isSampled: this.#isHeadSampled(),
    };
  }

  end(ended: EndedRequest): void {
    const { context, result, error } = ended;
    const isDegraded = result !== undefined && result.tier !== 'MODEL';
    const isSlow = ended.endedAt - ended.startedAt > slowMs;
    if (!context.isSampled) {
      if (!isDegraded && !isSlow && error === undefined) return;
      if (!this.#hasRoom(ended.endedAt)) return;
    }
    this.#record({
      traceId: context.traceId,
      spanId: context.spanId,
      parentSpanId: ended.parent?.spanId,
      name: 'router predict',
      kind: 'server',
      ...this.#times(ended.startedAt, ended.endedAt),
      attributes: {
        'mlmesh.model': ended.model,
        'mlmesh.prediction_id': result?.predictionId,
        'mlmesh.tier': result?.tier.toLowerCase(),
        'mlmesh.version': result?.version,
        'mlmesh.role': result?.role.toLowerCase(),
        'mlmesh.skipped':
          result?.skipped.map(({ tier, reason }) => `${tier}: ${reason}`).join(', ') || undefined,
        'error.type': error?.reason,
      },
      error: error?.message,
    });
    if (result !== undefined) this.#recordStages(ended, result);
  }

  /** Tells whether this second has told of few enough answers that the head did not sample. */
  #hasRoom(nowMs: number): boolean {
    const second = Math.floor(nowMs / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#unsampled = 0;
    }
    this.#unsampled += 1;
    return this.#unsampled <= unsampledPerSecondMax;
  }

  beginShadow(): TraceContext {
    const { ids } = this.#telemetry;
    return { traceId: ids.newTraceId(), spanId: ids.newSpanId(), isSampled: true };
  }

  endShadow({
    answered,
    context,
    model,
    version,
    startedAt,
    endedAt,
    failedReason,
  }: EndedShadow): void {
    this.#record({
      traceId: context.traceId,
      spanId: context.spanId,
      name: 'router shadow',
      kind: 'client',
      ...this.#times(startedAt, endedAt),
      attributes: { 'mlmesh.model': model, 'mlmesh.version': version, 'error.type': failedReason },
      links: [{ traceId: answered.traceId, spanId: answered.spanId }],
      error: failedReason,
    });
  }

  #recordStages(
    { context, startedAt }: EndedRequest,
    { featuresMs, modelMs, fallbackMs, tier }: NonNullable<EndedRequest['result']>,
  ): void {
    const stages = [
      ['wait for features', featuresMs],
      ['wait for model', modelMs],
      [tier === 'RULES' ? 'rules' : 'wait for fallback', fallbackMs],
    ] as const;
    let from = startedAt;
    for (const [name, durationMs] of stages) {
      if (durationMs > 0) {
        this.#record({
          traceId: context.traceId,
          spanId: this.#telemetry.ids.newSpanId(),
          parentSpanId: context.spanId,
          name,
          ...this.#times(from, from + durationMs),
        });
      }
      from += durationMs;
    }
  }

  #times(startedAt: number, endedAt: number): Pick<SpanRecord, 'startEpochMs' | 'endEpochMs'> {
    const { spanClock } = this.#telemetry;
    return {
      startEpochMs: spanClock.epochOf(monotonicMs(startedAt)),
      endEpochMs: spanClock.epochOf(monotonicMs(endedAt)),
    };
  }

  #record(span: SpanRecord): void {
    this.#telemetry.spans.record(span);
  }
}
