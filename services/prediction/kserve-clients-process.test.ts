import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { FakeRegistry } from '../../test/support/fake-registry.ts';
import { identityModel, identityTypes } from '../../test/support/identity-model.ts';
import {
  runPerfAnalyzer,
  runTritonClient,
  skipPerfAnalyzer,
  skipTritonClient,
} from '../../test/support/kserve-peers.ts';
import { PredictionProcess } from '../../test/support/prediction-process.ts';
import { testModel } from '../../test/support/test-model.ts';

/** What test/support/kserve-client.py prints. */
interface Found {
  readonly live: boolean;
  readonly ready: boolean;
  readonly modelReady: boolean;
  readonly versionReady: boolean;
  readonly unknownReady: boolean;
  readonly server: { readonly name: string; readonly extensions: readonly string[] };
  readonly metadata: {
    readonly platform: string;
    readonly versions: readonly string[];
    readonly inputs: readonly { readonly datatype: string; readonly shape: readonly string[] }[];
  };
  readonly config: { readonly config: Readonly<Record<string, unknown>> };
  readonly index: { readonly models: readonly Readonly<Record<string, string>>[] };
  readonly answer: Readonly<Record<string, unknown>>;
  readonly equal: Readonly<Record<string, boolean>>;
  readonly some: readonly string[];
  readonly widened: readonly [string, boolean];
  readonly typed: unknown;
  readonly errors: Readonly<Record<string, readonly [string, string] | null>>;
  readonly streamed: readonly string[];
  readonly statistics: {
    readonly model_stats: readonly {
      readonly version: string;
      readonly inference_count: string;
      readonly execution_count: string;
      readonly last_inference: string;
      readonly inference_stats: Readonly<
        Record<string, { readonly count?: string; readonly ns?: string }>
      >;
    }[];
  };
}

const model = identityModel(identityTypes, [-1, 2]);
const folder = mkdtempSync(join(tmpdir(), 'mlmesh-kserve-'));
const registry = new FakeRegistry();
let prediction: PredictionProcess;

before(async () => {
  registry.register('echo', 1, { ...model, batchRowsMax: 64 });
  registry.register('plain', 1, identityModel(['INT64'], [2]));
  registry.add(1, testModel());
  for (const name of ['echo', 'plain', 'late']) registry.point('production', 1, name);
  prediction = await PredictionProcess.start({ folder, registry: await registry.start() });
  await prediction.areReady(3);
});

after(async () => {
  await prediction[Symbol.asyncDispose]();
  await registry.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('tritonclient', { skip: skipTritonClient }, () => {
  let found: Found;
  before(() => {
    const script = 'test/support/kserve-client.py';
    found = JSON.parse(runTritonClient(script, prediction.address, 'echo')) as Found;
  });

  it('finds the server and its models ready', () => {
    const { live, ready, modelReady, versionReady, unknownReady } = found;
    assert.deepEqual(
      [live, ready, modelReady, versionReady, unknownReady],
      [true, true, true, true, false],
    );
    assert.equal(found.server.name, 'mlmesh');
    assert.ok(found.server.extensions.includes('statistics'));
    assert.deepEqual(
      found.index.models.map(({ name, version, state }) => [name, version, state]),
      ['echo', 'late', 'plain'].map((name) => [name, '1', 'READY']),
    );
  });

  it('reads metadata with the batch, and a config without it', () => {
    const { metadata, config } = found;
    assert.equal(metadata.platform, 'onnxruntime_onnx');
    assert.deepEqual(metadata.versions, ['1']);
    assert.deepEqual(
      metadata.inputs.map(({ datatype, shape }) => [datatype, shape.join()]),
      identityTypes.map((type) => [type, '-1,2']),
    );
    const { max_batch_size, input, dynamic_batching, instance_group, backend } = config.config;
    assert.equal(max_batch_size, 64);
    assert.equal(backend, 'onnxruntime');
    assert.ok(dynamic_batching !== undefined);
    assert.match(JSON.stringify(instance_group), /"KIND_(CPU|GPU)"/);
    const [first] = input as readonly { readonly dims: readonly string[] }[];
    assert.deepEqual(first?.dims, ['2']);
  });

  it('gets every datatype back, bit for bit, raw, with where the answer comes from', () => {
    assert.deepEqual(found.equal, Object.fromEntries(identityTypes.map((type) => [type, true])));
    const { backend, ...answer } = found.answer;
    assert.match(String(backend), /^onnxruntime-(cpu|cuda)$/);
    assert.deepEqual(answer, {
      id: 'one',
      model: 'echo',
      version: '1',
      artifactDigest: model.digest,
      outputs: model.outputs.map(({ name }) => name),
      isTyped: false,
    });
  });

  it('gets the outputs that it asks for, BF16 widened, and typed contents for typed ones', () => {
    assert.deepEqual(found.some, ['y_int64', 'y_bool']);
    assert.deepEqual(found.widened, ['float32', true]);
    assert.deepEqual(found.typed, {
      values: ['9223372036854775807', '-9223372036854775808'],
      raw: 0,
    });
  });

  it('is refused with the code of gRPC and what to do', () => {
    const wanted: Readonly<Record<string, readonly [string, RegExp]>> = {
      model: ['NOT_FOUND', /no version of a model 'nobody'/],
      version: ['NOT_FOUND', /no version 9 of model echo/],
      words: ['INVALID_ARGUMENT', /model_version: wanted a number from 1/],
      missing: ['INVALID_ARGUMENT', /'x_fp32' is missing; the model takes x_fp32/],
      output: ['INVALID_ARGUMENT', /'nothing' is unknown; the model gives y_fp32/],
      classes: ['INVALID_ARGUMENT', /y_fp32\.classification/],
      notUtf8: ['INVALID_ARGUMENT', /wanted UTF-8 for x_bytes, which element 0 is not/],
      sequence: ['INVALID_ARGUMENT', /parameters\.sequence_id/],
      priority: ['INVALID_ARGUMENT', /parameters\.priority/],
      mixed: ['INVALID_ARGUMENT', /either raw_input_contents or typed contents/],
      memory: ['INVALID_ARGUMENT', /shared_memory_region/],
      sharedMemory: ['UNIMPLEMENTED', /shared memory is not served/],
      trace: ['UNIMPLEMENTED', /trace settings are not served/],
      log: ['UNIMPLEMENTED', /log settings are not served/],
      files: ['INVALID_ARGUMENT', /artifacts come from the registry/],
      unloadServing: ['FAILED_PRECONDITION', /aliases point to echo\/1/],
    };
    for (const [name, [code, message]] of Object.entries(wanted)) {
      const [gotCode = '', gotMessage = ''] = found.errors[name] ?? [];
      assert.equal(gotCode.replace('StatusCode.', ''), code, name);
      assert.match(gotMessage, message);
    }
    assert.deepEqual(new Set(Object.keys(found.errors)), new Set(Object.keys(wanted)));
  });

  it('streams: answers in the order of the requests, an error among them', () =>
    assert.deepEqual(
      found.streamed,
      Array.from({ length: 20 }, (_, index) => (index === 10 ? 'error' : String(index))),
    ));

  it('reads what the server has counted', () => {
    const [statistics] = found.statistics.model_stats;
    assert.ok(statistics !== undefined);
    // 3 unary and 19 streamed requests of 2 rows.
    assert.equal(statistics.inference_count, '44');
    assert.ok(Number(statistics.execution_count) <= 22);
    assert.equal(statistics.inference_stats['success']?.count, '22');
    for (const name of ['queue', 'compute_input', 'compute_infer', 'compute_output']) {
      assert.equal(statistics.inference_stats[name]?.count, '22', name);
      assert.ok(Number(statistics.inference_stats[name]?.ns) > 0, name);
    }
    assert.ok(Number(statistics.last_inference) > 1e12);
  });
});

describe('perf_analyzer', { skip: skipPerfAnalyzer }, () => {
  const ways: Readonly<Record<string, readonly string[]>> = {
    unary: ['--concurrency-range', '8'],
    streaming: ['--streaming', '--concurrency-range', '8'],
    'Poisson arrivals': ['--request-rate-range', '200', '--request-distribution', 'poisson'],
  };
  for (const [name, args] of Object.entries(ways)) {
    it(`measures ${name}, and what the server counts`, () => {
      const report = runPerfAnalyzer('-u', prediction.address, '-m', 'late', ...args);
      const [, client = '0'] = /Client:[\s\S]*?Request count: (\d+)/.exec(report) ?? [];
      const [, server = '0'] = /Server:[\s\S]*?Inference count: (\d+)/.exec(report) ?? [];
      assert.ok(Number(client) > 0, report);
      assert.ok(Number(server) > 0, report);
    });
  }
});
