import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../../test/support/fake-mesh.ts';
import { type TestModel, testModel } from '../../../test/support/test-model.ts';
import { sessionMemoryBytes } from '../../shared/compute/session-memory.ts';
import { matrixModel } from '../../shared/platform/inference/model-spec.ts';
import type { WeighedModel, WeighRequest } from '../../shared/platform/inference/weigh-model.ts';
import { systemClock } from '../../shared/platform/process/system-clock.ts';
import { ProcessWorker } from '../../shared/platform/worker/process-worker.ts';

const request: WeighRequest = { callsMin: 200, forMsMin: 50, forMsMax: 20_000 };

async function weigh(model: TestModel, change: { readonly format?: string } = {}) {
  using folder = temporaryFolder();
  const path = join(folder.path, 'artifact');
  writeFileSync(path, model.bytes);
  const spec = { ...matrixModel({ ...model, name: 'weighed/1' }), ...change };
  const worker = new ProcessWorker<WeighRequest, WeighedModel>({
    name: 'weighing',
    file: new URL('./weigh.js', import.meta.url),
    workerData: { spec, artifact: { kind: 'file', path }, provider: 'cpu' },
    queueTasksMax: 1,
    stuckMsMax: 60_000,
    clock: systemClock,
    onStuck: () => undefined,
  });
  try {
    return await worker.run(request);
  } finally {
    await worker.stop(1_000);
  }
}

describe('weighing a model in a process of its own', () => {
  for (const format of ['onnx', 'tfjs'] as const) {
    it(`finds that a small one of ${format} needs what is declared of it, on one thread`, async () => {
      const model = testModel({ format });
      const { baseBytes, openBytes, peakBytes, calls, cpuMs, wallMs } = await weigh(model);
      assert.ok(calls >= 200 && cpuMs > 0 && wallMs >= 50, `${calls} calls, ${cpuMs} ms`);
      assert.ok(baseBytes > 20 * 2 ** 20 && openBytes <= peakBytes);
      assert.ok(peakBytes - baseBytes <= sessionMemoryBytes(format, model.bytes.length));
    });
  }
  it('sees the weights of a large one', async () => {
    const model = testModel({ widths: [4, 2_048, 2_048, 2_048], weight: 0.01 });
    assert.ok(model.bytes.length > 30 * 2 ** 20, `${model.bytes.length} bytes`);
    const { baseBytes, peakBytes } = await weigh(model);
    assert.ok(peakBytes - baseBytes > model.bytes.length, `${peakBytes - baseBytes} bytes`);
  });
  it('says what it can not open', async () => {
    await assert.rejects(weigh(testModel(), { format: 'pickle' }), {
      reason: 'ARTIFACT_UNSUPPORTED',
    });
  });
});
