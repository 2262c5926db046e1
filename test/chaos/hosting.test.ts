import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { ModelInferRequest } from '../../services/gen/inference/ModelInferRequest.ts';
import { durationMs } from '../../services/shared/kernel/units.ts';
import { connectService, type ServiceClient } from '../../services/shared/platform/grpc/client.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';
import { temporaryFolder } from '../support/fake-mesh.ts';
import { type FakeArtifact, FakeRegistry, testFeatureSetHash } from '../support/fake-registry.ts';
import { PredictionProcess } from '../support/prediction-process.ts';
import { type TestModel, testModel } from '../support/test-model.ts';

const isLong = Number(process.env['MLMESH_TEST_ROUNDS'] ?? 1) > 1;
/** Loads and unloads of one model; the second half must not take more memory than the first. */
const cycles = isLong ? 200 : 30;
const models = isLong ? 100 : 25;
/** The bar: what 100 loads may leave behind. */
const growthMiBMax = 64;

/** 36 MB in the long run, so that weights that are left behind show. */
const large = testModel({ widths: isLong ? [256, 2_048, 2_048, 2_048] : [64, 512, 512] });
const folder = temporaryFolder();
const registry = new FakeRegistry();
let prediction: PredictionProcess;
let client: ServiceClient<'inference.GRPCInferenceService'>;

function artifactOf(model: TestModel): FakeArtifact {
  return {
    bytes: model.bytes,
    digest: model.digest,
    format: model.format,
    inputs: [{ name: model.inputName, dataType: 'FP32', shape: [-1, model.columns] }],
    outputs: [{ name: model.outputName, dataType: 'FP32', shape: [-1, model.outputs] }],
    featureSetHash: testFeatureSetHash,
  };
}

function ones(modelName: string, columns: number): ModelInferRequest {
  return {
    modelName,
    inputs: [{ name: 'features', datatype: 'FP32', shape: [1, columns] }],
    rawInputContents: [Buffer.from(new Float32Array(columns).fill(1).buffer)],
  };
}

/** Resident memory of the service, MiB; undefined where the system does not tell. */
function residentMiB(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const status = readFileSync(`/proc/${prediction.pid}/status`, 'utf8');
  const kib = /VmRSS:\s+(\d+) kB/.exec(status)?.[1];
  return Number(kib) / 1_024;
}

before(async () => {
  registry.register('large', 1, artifactOf(large));
  registry.point('production', 1, 'large');
  for (let model = 0; model < models; model += 1) {
    // Each with weights of its own.
    registry.register(`small-${model}`, 1, artifactOf(testModel({ weight: (model + 1) / 1_000 })));
  }
  prediction = await PredictionProcess.start({
    folder: folder.path,
    registry: await registry.start(),
  });
  client = connectService('inference.GRPCInferenceService', [prediction.address], {
    clock: systemClock,
    connectMsMax: durationMs(30_000),
    timeoutMs: durationMs(30_000),
  });
  await prediction.areReady(1);
});
after(async () => {
  client.close();
  await prediction[Symbol.asyncDispose]();
  await registry.stop();
  folder[Symbol.dispose]();
});

describe('a prediction service that hosts many models', { concurrency: false }, () => {
  it(`answers from each of ${models} models in one process`, async (t) => {
    const before = residentMiB();
    for (let model = 0; model < models; model += 1) {
      await client.repositoryModelLoad({ modelName: `small-${model}` });
    }
    const answers = await Promise.all(
      Array.from({ length: models }, (_, model) => client.modelInfer(ones(`small-${model}`, 4))),
    );
    for (const [model, { rawOutputContents }] of answers.entries()) {
      const oracle = testModel({ weight: (model + 1) / 1_000 }).expected(
        new Float32Array(4).fill(1),
      );
      const output = rawOutputContents[0]?.readFloatLE(0) ?? Number.NaN;
      // 1e-5: float32 sums of a dozen terms against float64.
      assert.ok(Math.abs(output - (oracle[0] ?? 0)) < 1e-5, `model ${model}`);
    }
    const { models: index } = await client.repositoryIndex({ ready: true });
    assert.equal(index.length, models + 1);
    const taken = (residentMiB() ?? Number.NaN) - (before ?? Number.NaN);
    t.diagnostic(
      `${models} models take ${taken.toFixed(0)} MiB, ${(taken / models).toFixed(1)} each`,
    );
    for (let model = 0; model < models; model += 1) {
      await client.repositoryModelUnload({ modelName: `small-${model}` });
    }
  });

  it(`gives back what ${cycles} loads took`, async (t) => {
    registry.register('cycled', 1, artifactOf(large));
    const memory: number[] = [];
    for (let cycle = 0; cycle < cycles; cycle += 1) {
      await client.repositoryModelLoad({ modelName: 'cycled' });
      await client.modelInfer(ones('cycled', large.columns));
      await client.repositoryModelUnload({ modelName: 'cycled' });
      memory.push(residentMiB() ?? 0);
    }
    const half = memory[cycles / 2 - 1] ?? 0;
    const last = memory.at(-1) ?? 0;
    t.diagnostic(
      `${large.bytes.length} bytes: ${memory[0]?.toFixed(0)} MiB after 1 cycle, ${half.toFixed(0)} after ${cycles / 2}, ${last.toFixed(0)} after ${cycles}`,
    );
    assert.ok(last - half < growthMiBMax, `${last - half} MiB`);
  });
});
