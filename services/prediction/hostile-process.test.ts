import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { temporaryFolder } from '../../test/support/fake-mesh.ts';
import { FakeRegistry } from '../../test/support/fake-registry.ts';
import { artifactOf, hanging, throwing, unreadable } from '../../test/support/hostile-models.ts';
import { identityModel } from '../../test/support/identity-model.ts';
import { PredictionProcess } from '../../test/support/prediction-process.ts';
import { durationMs } from '../shared/kernel/units.ts';
import { connectService, type ServiceClient } from '../shared/platform/grpc/client.ts';
import { systemClock } from '../shared/platform/process/system-clock.ts';

const folder = temporaryFolder();
const registry = new FakeRegistry();
let prediction: PredictionProcess;
let client: ServiceClient<'inference.GRPCInferenceService'>;

const names = [...unreadable.keys()];

before(async () => {
  registry.register('sound', 1, identityModel(['FP32'], [2]));
  registry.point('production', 1, 'sound');
  for (const [at, bytes] of [...unreadable.values()].entries()) {
    registry.register(`unsound-${at}`, 1, artifactOf(bytes));
  }
  registry.register('mislabelled', 1, artifactOf(identityModel(['FP32'], [2]).bytes));
  registry.register('throwing', 1, throwing);
  registry.register('hanging', 1, hanging);
  prediction = await PredictionProcess.start({
    folder: folder.path,
    registry: await registry.start(),
    // On CUDA an index outside a tensor is no error.
    settings: { executionProvider: 'cpu', stuckMsMax: 500 },
  });
  await prediction.areReady(1);
  client = connectService('inference.GRPCInferenceService', [prediction.address], {
    clock: systemClock,
    timeoutMs: durationMs(20_000),
  });
});

after(async () => {
  client.close();
  await prediction[Symbol.asyncDispose]();
  await registry.stop();
  folder[Symbol.dispose]();
});

async function answersSoundly(): Promise<void> {
  const values = Buffer.from(Float32Array.of(1, 2).buffer);
  const { rawOutputContents } = await client.modelInfer({
    modelName: 'sound',
    inputs: [{ name: 'x_fp32', datatype: 'FP32', shape: [2] }],
    rawInputContents: [values],
  });
  assert.deepEqual(rawOutputContents, [values]);
}

function run(modelName: string, name: string, bytes: ArrayBuffer) {
  const datatype = name === 'i' ? 'INT64' : 'FP32';
  return client.modelInfer({
    modelName,
    inputs: [{ name, datatype, shape: [1] }],
    rawInputContents: [Buffer.from(bytes)],
  });
}

describe('a model that means no good', { concurrency: false }, () => {
  for (const [at, name] of names.entries()) {
    it(`is refused when it is loaded: one ${name}`, async () => {
      const load = client.repositoryModelLoad({ modelName: `unsound-${at}` });
      await assert.rejects(load, { code: 'DATA_LOSS', reason: 'ARTIFACT_CORRUPT' });
      await answersSoundly();
    });
  }

  it('is refused when it is loaded: one that is not what its signature says', async () => {
    const load = client.repositoryModelLoad({ modelName: 'mislabelled' });
    await assert.rejects(load, {
      code: 'FAILED_PRECONDITION',
      reason: 'TENSOR_SHAPE',
      message: /names x FP32 \[1\], the artifact has x_fp32 FP32 \[2\]/,
    });
  });

  it('fails for what it fails for, and for nothing else', async () => {
    await client.repositoryModelLoad({ modelName: 'throwing' });
    const failed = { code: 'INTERNAL', reason: 'INFERENCE_FAILED' };
    await assert.rejects(run('throwing', 'i', BigInt64Array.of(9n).buffer), failed);
    const { rawOutputContents } = await run('throwing', 'i', BigInt64Array.of(1n).buffer);
    assert.deepEqual(rawOutputContents, [Buffer.from(Float32Array.of(6).buffer)]);
  });

  it('holds nobody up when it hangs', async () => {
    await client.repositoryModelLoad({ modelName: 'hanging' });
    await run('hanging', 'x', Float32Array.of(0).buffer);
    const stuck = assert.rejects(run('hanging', 'x', Float32Array.of(1).buffer), {
      code: 'UNAVAILABLE',
      reason: 'WORKER_STUCK',
    });
    await answersSoundly();
    await stuck;
    await answersSoundly();
    await assert.rejects(run('hanging', 'x', Float32Array.of(0).buffer), {
      reason: 'WORKER_STUCK',
    });
    await client.repositoryModelLoad({ modelName: 'throwing' });
  });
});

describe('a request that means no good', () => {
  it('is refused before it is decoded', async () => {
    const inputs = [{ name: 'x_fp32', datatype: 'FP32', shape: Array<number>(1_000_000).fill(1) }];
    const refused = {
      code: 'INVALID_ARGUMENT',
      reason: 'TENSOR_SHAPE',
      message: /at most 64 dimensions for an input, got more for input 0/,
    };
    await assert.rejects(client.modelInfer({ modelName: 'sound', inputs }), refused);
    async function* given() {
      yield { modelName: 'sound', inputs };
    }
    await assert.rejects(client.modelStreamInfer(given())[Symbol.asyncIterator]().next(), refused);
    await answersSoundly();
  });
});
