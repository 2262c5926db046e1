import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { RecordingSpans } from '../../shared/platform/telemetry/recording-spans.ts';
import { SpanClock } from '../../shared/platform/telemetry/span-clock.ts';
import { SpanIds } from '../../shared/platform/telemetry/span-ids.ts';
import { nobodyRouted } from '../core/routing-table.ts';
import type { PredictionResult } from '../predict/prediction-result.ts';
import { SpanTracing } from './request-tracing.ts';

const result: PredictionResult = {
  predictionId: 'p',
  outputs: [0.5],
  tier: 'MODEL',
  version: 2,
  role: 'PRODUCTION',
  skipped: [],
  features: undefined,
  rows: {
    contract: {
      joinKeys: [],
      requestInputs: [],
      featureSetHash: 'h',
      viewColumns: [],
      viewDefaults: new Float64Array(0),
      requestColumns: [],
      computeRequest: () => new Float64Array(0),
      assembleRow: () => new Float32Array(0),
    },
    keyIndexes: undefined,
  },
  routing: { ...nobodyRouted('m'), productionVersion: 2, productionGeneration: 1 },
  because: '',
  featuresMs: 1,
  modelMs: 2,
  fallbackMs: 0,
  admissionMs: 0,
  budgetMs: 50,
  totalMs: 3,
};

function tracing(isSampled = false) {
  const spans = new RecordingSpans();
  const ids = new SpanIds();
  const made = new SpanTracing({ spans, ids, spanClock: new SpanClock(0) }, () => isSampled);
  const answer = (change: Partial<PredictionResult>, endedAt: number, error?: MeshError) => {
    const context = made.begin(undefined);
    made.end({
      parent: undefined,
      context,
      startedAt: 0,
      endedAt,
      model: 'm',
      result: error === undefined ? { ...result, ...change } : undefined,
      error,
    });
    return context;
  };
  return { spans, made, answer };
}

describe('SpanTracing', () => {
  it('tells nothing of a quick answer that the head did not sample', () => {
    const { spans, answer } = tracing();
    answer({}, 3);
    assert.deepEqual(spans.spans, []);
  });
  it('tells the stages of a sampled one, under its own span', () => {
    const { spans, answer } = tracing(true);
    const context = answer({}, 3);
    assert.deepEqual(
      spans.spans.map(({ name }) => name),
      ['router predict', 'wait for features', 'wait for model'],
    );
    const [own, stage] = spans.spans;
    assert.equal(own?.spanId, context.spanId);
    assert.equal(stage?.parentSpanId, context.spanId);
  });
  it('tells of every slow, degraded or failed answer', () => {
    const { spans, answer } = tracing();
    answer({}, 25.1);
    answer({ tier: 'RULES', version: 0 }, 3);
    answer({}, 3, new MeshError({ code: 'INTERNAL', reason: 'RULES_FAILED', message: 'x' }));
    assert.equal(spans.named('router predict').length, 3);
    assert.equal(spans.named('router predict')[2]?.attributes?.['error.type'], 'RULES_FAILED');
  });
  it('tells of 50 unsampled answers a second at most, and begins anew in the next', () => {
    const { spans, answer } = tracing();
    for (let index = 0; index < 60; index += 1) answer({ tier: 'RULES' }, 100);
    assert.equal(spans.named('router predict').length, 50);
    answer({ tier: 'RULES' }, 1_100);
    assert.equal(spans.named('router predict').length, 51);
  });
  it('links a shadow to the answered request, in a trace of its own', () => {
    const { spans, made } = tracing(true);
    const answered = made.begin(undefined);
    const context = made.beginShadow();
    made.endShadow({
      answered,
      context,
      model: 'm',
      version: 3,
      startedAt: 0,
      endedAt: 1,
      failedReason: undefined,
    });
    const [shadow] = spans.named('router shadow');
    assert.notEqual(shadow?.traceId, answered.traceId);
    assert.deepEqual(shadow?.links, [{ traceId: answered.traceId, spanId: answered.spanId }]);
  });
});
