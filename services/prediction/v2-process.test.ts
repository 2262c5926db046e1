import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { FakeRegistry } from '../../test/support/fake-registry.ts';
import { identityModel } from '../../test/support/identity-model.ts';
import { PredictionProcess } from '../../test/support/prediction-process.ts';
import type { ModelInferRequest } from '../gen/inference/ModelInferRequest.ts';
import { encodeBytesElements } from '../shared/compute/tensor/bytes-elements.ts';
import { durationMs } from '../shared/kernel/units.ts';
import { connectService, type ServiceClient } from '../shared/platform/grpc/client.ts';
import { systemClock } from '../shared/platform/process/system-clock.ts';

const folder = mkdtempSync(join(tmpdir(), 'mlmesh-v2-'));
const registry = new FakeRegistry();
let prediction: PredictionProcess;
let client: ServiceClient<'inference.GRPCInferenceService'>;

before(async () => {
  const pair = { ...identityModel(['INT64', 'FP32'], [-1, 2]), batchRowsMax: 4 };
  registry.register('pair', 1, pair);
  registry.register('half', 1, identityModel(['FP16'], [2]));
  registry.register('texts', 1, identityModel(['BYTES'], [-1]));
  for (const version of [1, 2]) registry.register('spare', version, identityModel(['BOOL'], []));
  for (const name of ['pair', 'half', 'texts']) registry.point('production', 1, name);
  prediction = await PredictionProcess.start({ folder, registry: await registry.start() });
  await prediction.areReady(3);
  client = connectService('inference.GRPCInferenceService', [prediction.address], {
    clock: systemClock,
    timeoutMs: durationMs(20_000),
  });
});

after(async () => {
  client.close();
  await prediction[Symbol.asyncDispose]();
  await registry.stop();
  rmSync(folder, { recursive: true, force: true });
});

function pairOf(rows: number, change: ModelInferRequest = {}): ModelInferRequest {
  const values = Array.from({ length: rows * 2 }, (_, index) => index);
  return {
    modelName: 'pair',
    inputs: [
      { name: 'x_fp32', datatype: 'FP32', shape: [rows, 2] },
      { name: 'x_int64', datatype: 'INT64', shape: [rows, 2] },
    ],
    rawInputContents: [
      Buffer.from(Float32Array.from(values).buffer),
      Buffer.from(BigInt64Array.from(values.map(BigInt)).buffer),
    ],
    ...change,
  };
}

const spare: ModelInferRequest = {
  modelName: 'spare',
  modelVersion: '2',
  inputs: [{ name: 'x_bool', datatype: 'BOOL', contents: { boolContents: [true] } }],
};

describe('the inference protocol on the prediction service', () => {
  it('shares native calls among requests, and counts requests, rows and calls', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        client.modelInfer(pairOf(1 + (index % 3), { id: String(index) })),
      ),
    );
    for (const [index, { id, outputs, rawOutputContents }] of answers.entries()) {
      const { rawInputContents } = pairOf(1 + (index % 3));
      assert.equal(id, String(index));
      assert.deepEqual(
        outputs.map(({ name, shape }) => [name, shape]),
        ['y_int64', 'y_fp32'].map((name) => [name, [String(1 + (index % 3)), '2']]),
      );
      assert.deepEqual(rawOutputContents, [...(rawInputContents ?? [])].reverse());
    }
    const { modelStats } = await client.modelStatistics({ name: 'pair', version: '1' });
    const [statistics] = modelStats;
    assert.equal(statistics?.inferenceCount, '79');
    assert.equal(statistics?.inferenceStats?.success?.count, '40');
    const calls = Number(statistics?.executionCount);
    assert.ok(calls >= 79 / 4 && calls < 40, `${calls} calls`);
    const sizes = statistics?.batchStats.map(({ batchSize }) => Number(batchSize)) ?? [];
    assert.ok(Math.max(...sizes) <= 4, sizes.join());
  });

  it('tells clients how a model is hosted: with the batch where it has one', async () => {
    const shapesOf = async (name: string) => {
      const { inputs } = await client.modelMetadata({ name });
      const { config } = await client.modelConfig({ name });
      return {
        shapes: inputs.map(({ shape }) => shape.join()),
        dims: config?.input.map(({ dims }) => dims.join()),
        batchMax: config?.maxBatchSize,
        isBatching: config?.dynamicBatching !== undefined && config?.dynamicBatching !== null,
      };
    };
    const two = { shapes: ['-1,2', '-1,2'], dims: ['2', '2'] };
    assert.deepEqual(await shapesOf('pair'), { ...two, batchMax: 4, isBatching: true });
    const one = { shapes: ['2'], dims: ['2'] };
    assert.deepEqual(await shapesOf('half'), { ...one, batchMax: 0, isBatching: false });
  });

  it('answers FP16 raw even where the request has no element', async () => {
    const inputs = [{ name: 'x_fp16', datatype: 'FP16', shape: [2] }];
    const rawInputContents = [Buffer.from([0, 0x3c, 0, 0x7e])];
    const answer = await client.modelInfer({ modelName: 'half', inputs, rawInputContents });
    assert.deepEqual(answer.rawOutputContents, rawInputContents);
    const nothing = { modelName: 'half', inputs };
    await assert.rejects(client.modelInfer(nothing), { reason: 'TENSOR_SIZE' });
  });

  it('refuses what is no text, and what ONNX Runtime would cut off', async () => {
    const texts = (...elements: readonly Buffer[]): ModelInferRequest => ({
      modelName: 'texts',
      inputs: [{ name: 'x_bytes', datatype: 'BYTES', shape: [elements.length] }],
      rawInputContents: [Buffer.from(encodeBytesElements(elements))],
    });
    const refused = [Buffer.from([0xff]), Buffer.from('a\u0000b')];
    for (const element of refused) {
      await assert.rejects(client.modelInfer(texts(Buffer.from('fine'), element)), {
        code: 'INVALID_ARGUMENT',
        reason: 'TENSOR_TYPE',
        message: /for x_bytes, which element 1 (is not|has)/,
      });
    }
    const sound = texts(Buffer.from('ünïcode'), Buffer.from(''));
    const { rawOutputContents } = await client.modelInfer(sound);
    assert.deepEqual(rawOutputContents, sound.rawInputContents);
  });

  it('refuses batches that are none, too large, or of two sizes', async () => {
    for (const rows of [0, 5]) {
      await assert.rejects(client.modelInfer(pairOf(rows)), {
        code: 'INVALID_ARGUMENT',
        reason: 'TENSOR_SHAPE',
        message: `wanted a batch of 1 to 4 for pair, got ${rows}`,
      });
    }
    const [one, two] = [pairOf(1), pairOf(2)];
    const mixed = {
      modelName: 'pair',
      inputs: [one.inputs?.[0] ?? {}, two.inputs?.[1] ?? {}],
      rawInputContents: [one.rawInputContents?.[0] ?? '', two.rawInputContents?.[1] ?? ''],
    };
    await assert.rejects(client.modelInfer(mixed), {
      reason: 'TENSOR_SHAPE',
      message: /the same first dimension for x_int64 and x_fp32, got 2 and 1/,
    });
  });

  it('gives a request no more time than its timeout says', async () => {
    const late = pairOf(1, { parameters: { timeout: { int64Param: 1 } } });
    await assert.rejects(client.modelInfer(late), { code: 'DEADLINE_EXCEEDED' });
    const enough = pairOf(1, { parameters: { timeout: { int64Param: 10_000_000 } } });
    assert.equal((await client.modelInfer(enough)).modelVersion, '1');
  });

  it('marks the last answer of a request where a stream asks for it, and goes on after an error', async () => {
    const parameters = { triton_enable_empty_final_response: { boolParam: true } };
    const sent = [
      pairOf(1, { id: 'a', parameters }),
      pairOf(9, { id: 'b' }),
      pairOf(1, { id: 'c' }),
    ];
    const got: unknown[] = [];
    for await (const { errorMessage, inferResponse } of client.modelStreamInfer(each(sent))) {
      const said = inferResponse?.parameters ?? {};
      const isFinal = said['triton_final_response']?.boolParam;
      got.push([inferResponse?.id, isFinal, said['error_reason']?.stringParam, errorMessage]);
    }
    assert.deepEqual(got, [
      ['a', true, undefined, ''],
      ['b', undefined, 'TENSOR_SHAPE', 'wanted a batch of 1 to 4 for pair, got 9'],
      ['c', undefined, undefined, ''],
    ]);
  });

  it('hosts what was asked for last, however loads and unloads overlap', async () => {
    const model = { modelName: 'spare' };
    for (let round = 0; round < 20; round += 1) {
      await client.repositoryModelLoad(model);
      const unloading = client.repositoryModelUnload(model);
      // Somewhere between the drain of the version and the end of its thread.
      await systemClock.sleep(durationMs(round / 4), AbortSignal.timeout(10_000));
      await Promise.all([unloading, client.repositoryModelLoad(model)]);
      assert.deepEqual(await client.modelReady({ name: 'spare', version: '2' }), { ready: true });
    }
    await client.repositoryModelUnload(model);
    assert.deepEqual(await client.modelReady({ name: 'spare' }), { ready: false });
  });

  it('is ready with what production points to, and not before it has heard of it', async () => {
    assert.deepEqual(await client.serverReady({}), { ready: true });
    // Nobody listens there.
    const alone = { folder: join(folder, 'alone'), registry: '127.0.0.1:1' };
    await using process = await PredictionProcess.start(alone);
    const other = connectService('inference.GRPCInferenceService', [process.address], {
      clock: systemClock,
      timeoutMs: durationMs(20_000),
      connectMsMax: durationMs(20_000),
    });
    try {
      assert.deepEqual(await other.serverLive({}), { live: true });
      assert.deepEqual(await other.serverReady({}), { ready: false });
    } finally {
      other.close();
    }
  });

  it('loads a version that no alias points to, says so, and unloads it', async () => {
    await assert.rejects(client.modelInfer(spare), { code: 'NOT_FOUND' });
    const config = { stringParam: '{"version_policy":{"specific":{"versions":[2]}}}' };
    await client.repositoryModelLoad({ modelName: 'spare', parameters: { config } });
    assert.deepEqual(await client.modelReady({ name: 'spare', version: '2' }), { ready: true });
    const { outputs, modelVersion } = await client.modelInfer({ ...spare, modelVersion: '' });
    assert.equal(modelVersion, '2');
    assert.deepEqual(outputs[0]?.contents?.boolContents, [true]);
    const { models } = await client.repositoryIndex({ ready: true });
    assert.deepEqual(
      models.map(({ name, version, state }) => `${name} ${version} ${state}`),
      ['half 1 READY', 'pair 1 READY', 'spare 2 READY', 'texts 1 READY'],
    );
    await client.repositoryModelUnload({ modelName: 'spare' });
    await assert.rejects(client.modelInfer(spare), { code: 'NOT_FOUND' });
    assert.deepEqual(await client.modelReady({ name: 'spare' }), { ready: false });
    await assert.rejects(client.repositoryModelLoad({ modelName: 'nobody' }), {
      code: 'NOT_FOUND',
      reason: 'MODEL_UNKNOWN',
    });
  });
});

async function* each(requests: readonly ModelInferRequest[]): AsyncGenerator<ModelInferRequest> {
  for (const request of requests) yield await Promise.resolve(request);
}
