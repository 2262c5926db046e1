import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { testModel } from '../../../../test/support/test-model.ts';
import { floatMatrix } from '../../compute/tensor/float-matrix.ts';
import { matrixModel } from '../inference/model-spec.ts';
import { systemClock } from '../process/system-clock.ts';
import { InferencePool } from './inference-pool.ts';

describe('InferencePool of a process', () => {
  it('tells the times of a call by the clock of this process', async () => {
    const model = testModel();
    const pool = new InferencePool({
      spec: matrixModel({ name: 'test/1', ...model }),
      artifact: { kind: 'bytes', bytes: model.bytes },
      isolation: 'process',
      file: new URL('../../../../test/support/onnx-child.js', import.meta.url),
      threads: 1,
      stuckMsMax: 30_000,
      clock: systemClock,
      onStuck: () => undefined,
    });
    await pool.open();
    const before = systemClock.monotonic();
    const { startedAt, endedAt } = await pool.infer([floatMatrix(new Float32Array(4), 1)], 1);
    const after = systemClock.monotonic();
    // 5 ms: the begins of two processes are told apart by the clock of the system, which may be set meanwhile.
    assert.ok(before - 5 <= startedAt && startedAt <= endedAt && endedAt <= after + 5);
    await pool.stop(5_000);
  });
});
