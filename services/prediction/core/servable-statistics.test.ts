import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { epochMs, monotonicMs } from '../../shared/kernel/units.ts';
import type { InferOutcome, NativeCall } from './infer-job.ts';
import { ServableStatistics, StatisticsBook } from './servable-statistics.ts';

function callOf(rows: number, startedAt: number): NativeCall {
  return {
    rows,
    outputs: [],
    backend: 'onnxruntime',
    threadId: 3,
    startedAt: monotonicMs(startedAt),
    endedAt: monotonicMs(startedAt + 4),
    badInputRows: [],
    badOutputRows: [],
  };
}

function add(statistics: ServableStatistics, rows: number, outcome: InferOutcome): void {
  const times = { totalMs: 10, inputMs: 1, outputMs: 2, endedAt: epochMs(77) };
  statistics.add({ rows, outcome, ...times });
}

function answered(call: NativeCall, queuedAt: number): InferOutcome {
  return { kind: 'rows', outputs: [], queuedAt: monotonicMs(queuedAt), call };
}

describe('ServableStatistics', () => {
  it('counts requests, their rows, and each native call once', () => {
    const statistics = new ServableStatistics();
    const shared = callOf(3, 5);
    add(statistics, 1, answered(shared, 2));
    add(statistics, 2, answered(shared, 4));
    add(statistics, 3, answered(callOf(3, 20), 20));
    assert.equal(statistics.inferences, 6);
    assert.equal(statistics.executions, 2);
    assert.deepEqual(statistics.success, { count: 3, ms: 30 });
    assert.deepEqual(statistics.queue, { count: 3, ms: 4 });
    assert.deepEqual(statistics.computeInput, { count: 3, ms: 3 });
    assert.deepEqual(statistics.computeInfer, { count: 3, ms: 12 });
    assert.deepEqual(statistics.computeOutput, { count: 3, ms: 6 });
    assert.deepEqual(
      [...statistics.batches],
      [
        [
          3,
          {
            computeInput: { count: 2, ms: 3 },
            computeInfer: { count: 2, ms: 8 },
            computeOutput: { count: 2, ms: 6 },
          },
        ],
      ],
    );
    assert.equal(statistics.lastAt, 77);
  });

  it('counts failures apart', () => {
    const statistics = new ServableStatistics();
    const error = new MeshError({ code: 'INTERNAL', reason: 'INFERENCE_FAILED', message: 'no' });
    add(statistics, 2, { kind: 'failed', error });
    assert.deepEqual(statistics.fail, { count: 1, ms: 10 });
    assert.equal(statistics.success.count + statistics.inferences + statistics.executions, 0);
  });
});

describe('StatisticsBook', () => {
  it('goes on where a version is loaded again', () => {
    const book = new StatisticsBook();
    add(book.of('late/1'), 1, answered(callOf(1, 1), 1));
    assert.equal(book.of('late/1').executions, 1);
    assert.equal(book.of('late/2').executions, 0);
  });
});
