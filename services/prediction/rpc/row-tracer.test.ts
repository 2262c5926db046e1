import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import {
  packTraceContext,
  type TraceContext,
  traceContextBytes,
} from '../../shared/kernel/trace-context.ts';
import { monotonicMs } from '../../shared/kernel/units.ts';
import type { InferOutcome } from '../core/infer-job.ts';
import type { RowSpan } from '../ports.ts';
import { RowTracer } from './row-tracer.ts';

function context(digit: string, isSampled: boolean): TraceContext {
  return { traceId: digit.repeat(32), spanId: digit.repeat(16), isSampled };
}

const contexts = [context('a', true), undefined, context('b', false), context('c', true)];

function spansOf(outcome: InferOutcome, isTraced = true): readonly RowSpan[] {
  const traceContexts = Buffer.alloc(isTraced ? contexts.length * traceContextBytes : 0);
  if (isTraced) {
    for (const [row, each] of contexts.entries()) packTraceContext(traceContexts, row, each);
  }
  const spans: RowSpan[] = [];
  const tracer = new RowTracer({ record: (span) => spans.push(span) }, new ManualClock());
  const batch = {
    batchId: 1,
    model: 'late',
    version: 2,
    rows: contexts.length,
    features: Buffer.alloc(0),
    featureSetHash: '',
    traceContexts,
    budgetMs: 1,
    priority: 'PRIORITY_PRODUCTION',
  } as const;
  tracer.trace(batch, outcome, monotonicMs(1));
  return spans;
}

const answered: InferOutcome = {
  kind: 'rows',
  outputs: [],
  queuedAt: monotonicMs(1),
  call: {
    rows: 7,
    outputs: [],
    backend: 'onnxruntime-cpu',
    threadId: 5,
    startedAt: monotonicMs(2),
    endedAt: monotonicMs(4),
    badInputRows: [],
    badOutputRows: [],
  },
};

describe('RowTracer', () => {
  it('records the wait and the native call of each sampled row, on its thread', () => {
    const spans = spansOf(answered);
    assert.deepEqual(
      spans.map(({ name, parent, startedAt, endedAt, threadId }) => [
        name,
        parent.traceId.slice(0, 1),
        startedAt,
        endedAt,
        threadId,
      ]),
      [
        ['prediction queue', 'a', 1, 2, 0],
        ['inference', 'a', 2, 4, 5],
        ['prediction queue', 'c', 1, 2, 0],
        ['inference', 'c', 2, 4, 5],
      ],
    );
    assert.equal(spans[1]?.attributes['mesh.call_rows'], 7);
  });

  it('records the wait of a row that failed, with the reason', () => {
    const error = new MeshError({
      code: 'DEADLINE_EXCEEDED',
      reason: 'DEADLINE_PASSED',
      message: 'late',
    });
    const spans = spansOf({ kind: 'failed', error });
    assert.deepEqual(
      spans.map((span) => [span.name, span.error]),
      [
        ['prediction queue', 'DEADLINE_PASSED'],
        ['prediction queue', 'DEADLINE_PASSED'],
      ],
    );
  });

  it('records nothing where no row is traced', () =>
    assert.deepEqual(spansOf(answered, false), []));
});
