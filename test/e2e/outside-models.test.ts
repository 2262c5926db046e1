import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import { io, setBackend, Tensor as TfTensor, tensor as tfTensor } from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node';
import { encodeBytesElements } from '../../services/shared/compute/tensor/bytes-elements.ts';
import type { Tensor } from '../../services/shared/compute/tensor/tensor.ts';
import { durationMs } from '../../services/shared/kernel/units.ts';
import { connectService, type ServiceClient } from '../../services/shared/platform/grpc/client.ts';
import { findTensorFlowLibrary } from '../../services/shared/platform/inference/tensorflow-library.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';
import { temporaryFolder } from '../support/fake-mesh.ts';
import { MeshProcess, mlmeshBeside } from '../support/mesh-process.ts';
import {
  imagesPackage,
  packageFolder,
  skipOutside,
  vadPackage,
} from '../support/outside-packages.ts';
import { exportModels, skipPythonExport } from '../support/python-export.ts';

const v2 = 'inference.GRPCInferenceService';
const require = createRequire(import.meta.url);

type Tensors = Readonly<Record<string, Tensor>>;

function floats(values: Float32Array, shape: readonly number[]): Tensor {
  return {
    dataType: 'FP32',
    shape,
    bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  };
}

function whole(values: readonly number[], shape: readonly number[]): Tensor {
  const bytes = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
  return { dataType: 'INT64', shape, bytes };
}

function floatsIn({ bytes }: Tensor): Float32Array<ArrayBuffer> {
  return new Float32Array(Uint8Array.from(bytes).buffer);
}

/** Runs a model on this thread, in the way in which its worker does: one thread. */
async function direct(path: string, inputs: Tensors): Promise<Tensors> {
  const session = await InferenceSession.create(path, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  try {
    const feeds = Object.entries(inputs).map(([name, tensor]) => [name, toOnnx(tensor)] as const);
    const results = await session.run(Object.fromEntries(feeds));
    return Object.fromEntries(
      Object.entries(results).map(([name, { type, data, dims }]) => {
        assert.ok(ArrayBuffer.isView(data));
        const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
        const dataType = type === 'int64' ? 'INT64' : 'FP32';
        return [name, { dataType, shape: dims, bytes } as const];
      }),
    );
  } finally {
    await session.release();
  }
}

function toOnnx({ dataType, shape, bytes }: Tensor): OnnxTensor {
  const { buffer } = Uint8Array.from(bytes);
  if (dataType === 'INT64') return new OnnxTensor('int64', new BigInt64Array(buffer), [...shape]);
  if (dataType === 'FP32') return new OnnxTensor('float32', new Float32Array(buffer), [...shape]);
  const texts: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Buffer.from(buffer).readUInt32LE(at);
    texts.push(Buffer.from(buffer, at + 4, length).toString('utf8'));
    at += 4 + length;
  }
  return new OnnxTensor('string', texts, [...shape]);
}

function assertSame(found: Tensors, wanted: Tensors): void {
  assert.deepEqual(new Set(Object.keys(found)), new Set(Object.keys(wanted)));
  for (const [name, { dataType, shape, bytes }] of Object.entries(wanted)) {
    const given = found[name] ?? assert.fail(name);
    assert.deepEqual([given.dataType, given.shape], [dataType, [...shape]], name);
    assert.ok(Buffer.from(given.bytes).equals(Buffer.from(bytes)), `${name} differs in some bit`);
  }
}

function assertNear(found: Float32Array, wanted: readonly number[], name: string): void {
  assert.equal(found.length, wanted.length);
  // 1e-5: the library sums in doubles, the exported model in floats.
  const far = wanted.findIndex((value, at) => Math.abs(value - (found[at] ?? Number.NaN)) > 1e-5);
  assert.equal(far, -1, `${name} ${far}: ${found[far]} instead of ${wanted[far]}`);
}

describe('models that nobody here wrote', () => {
  const place = temporaryFolder();
  const data = join(place.path, 'data');
  let process: MeshProcess;
  let client: ServiceClient<typeof v2>;

  before(async () => {
    process = new MeshProcess(data, ['deploy/purchases', '--port-base', '0']);
    await process.untilWell();
    const { addresses } = process.record() ?? {};
    assert.ok(addresses);
    const options = { clock: systemClock, timeoutMs: durationMs(20_000) };
    client = connectService(v2, addresses.prediction, options);
  });
  after(async () => {
    client.close();
    assert.equal(await process.end('SIGTERM'), 0, process.text);
    place[Symbol.dispose]();
  });

  /** Registers a file, and loads it as a client of the protocol does. */
  async function serve(model: string, artifact: string, ...args: readonly string[]): Promise<void> {
    const wanted = ['models', 'register', model, '--artifact', artifact, ...args, '--data', data];
    const { status, stderr } = await mlmeshBeside(...wanted);
    assert.equal(status, 0, stderr);
    await client.repositoryModelLoad({ modelName: model });
  }

  async function infer(modelName: string, inputs: Tensors): Promise<Tensors> {
    const all = Object.entries(inputs);
    const { outputs, rawOutputContents } = await client.modelInfer({
      modelName,
      inputs: all.map(([name, { dataType, shape }]) => ({
        name,
        datatype: dataType,
        shape: [...shape],
      })),
      rawInputContents: all.map(([, { bytes }]) => Buffer.from(bytes)),
    });
    return Object.fromEntries(
      outputs.map(({ name, datatype, shape }, at) => {
        const dataType = datatype === 'INT64' ? 'INT64' : 'FP32';
        assert.equal(datatype, dataType);
        const bytes = rawOutputContents[at] ?? assert.fail('no bytes');
        return [name, { dataType, shape: shape.map(Number), bytes } as const];
      }),
    );
  }

  describe('Silero VAD, ONNX', { skip: skipOutside(vadPackage) }, () => {
    it('hears what a direct run hears, with its state fed back over 8 steps of sound', async () => {
      const path = join(packageFolder(vadPackage), 'dist', 'silero_vad_v5.onnx');
      const { name, version } = vadPackage;
      await serve('silero-vad', path, '--from', `npm:${name}@${version}`);
      let state = floats(new Float32Array(256), [2, 1, 128]);
      const heard = new Set<number>();
      for (let step = 0; step < 8; step += 1) {
        const sound = Float32Array.from({ length: 512 }, (_, at) => {
          const t = (step * 512 + at) / 16_000;
          return 0.5 * Math.sin(2 * Math.PI * 180 * t) * Math.sin(2 * Math.PI * 4 * t);
        });
        const inputs = { input: floats(sound, [1, 512]), state, sr: whole([16_000], []) };
        const outputs = await infer('silero-vad', inputs);
        assertSame(outputs, await direct(path, inputs));
        state = outputs['stateN'] ?? assert.fail('no state');
        heard.add(floatsIn(outputs['output'] ?? assert.fail('no output'))[0] ?? Number.NaN);
      }
      // The state matters: no two steps hear the same.
      assert.equal(heard.size, 8);
    });
  });

  describe('MobileNet, tfjs', { skip: skipOutside(imagesPackage) }, () => {
    const { name, version } = imagesPackage;
    const from = ['--from', `npm:${name}@${version}`, '--batch-rows-max', '4'];

    /** A direct run is one on the runtime that serves here. */
    before(async () => {
      if (findTensorFlowLibrary() !== undefined) {
        await import('@tensorflow/tfjs-node-gpu');
        assert.ok(await setBackend('tensorflow'));
        return;
      }
      setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}${sep}`);
      setThreadsCount(1);
      assert.ok(await setBackend('wasm'));
    });

    /** The package has each file of a model as a module: this writes them as a folder, as a converter does. */
    function unpack(model: string, shards: number) {
      const source = join(packageFolder(imagesPackage), 'dist', 'models', model);
      const index = require(join(source, 'model.min.js'));
      const folder = join(place.path, model);
      mkdirSync(folder);
      writeFileSync(join(folder, 'model.json'), JSON.stringify(index));
      const parts = Array.from({ length: shards }, (_, at) => {
        const shard = `group1-shard${at + 1}of${shards}`;
        const bytes = Buffer.from(require(join(source, `${shard}.min.js`)), 'base64');
        writeFileSync(join(folder, shard), bytes);
        return bytes;
      });
      const [{ weights: weightSpecs }] = index.weightsManifest;
      const weightData = Uint8Array.from(Buffer.concat(parts)).buffer;
      return { folder, memory: io.fromMemory({ ...index, weightSpecs, weightData }) };
    }

    async function assertSees(
      served: { readonly model: string; readonly input: string; readonly output: string },
      predict: (images: TfTensor) => unknown,
    ): Promise<void> {
      for (const images of [1, 2]) {
        const pixels = Float32Array.from(
          { length: images * 224 * 224 * 3 },
          (_, at) => ((at * 7_919) % 256) / 255,
        );
        const shape = [images, 224, 224, 3];
        const result = predict(tfTensor(pixels, shape));
        assert.ok(result instanceof TfTensor);
        const wanted = Float32Array.from(await result.data());
        const outputs = await infer(served.model, { [served.input]: floats(pixels, shape) });
        assertSame(outputs, { [served.output]: floats(wanted, [images, 5]) });
      }
    }

    it('sees what a direct run sees, in images of 224 x 224 x 3', async () => {
      const { folder, memory } = unpack('mobilenet_v2', 1);
      await serve('pictures', folder, ...from);
      const model = await loadLayersModel(memory);
      const served = { model: 'pictures', input: 'input_1', output: 'dense_3/dense_3' };
      await assertSees(served, (images) => model.predict(images));
    });

    it('sees so as a graph with weights of 8 bits, too', async () => {
      const { folder, memory } = unpack('mobilenet_v2_mid', 2);
      await serve('graph-pictures', folder, ...from);
      const model = await loadGraphModel(memory);
      const served = { model: 'graph-pictures', input: 'input:0', output: 'Identity:0' };
      await assertSees(served, (images) => model.execute(images));
    });
  });

  describe('what scikit-learn and LightGBM exported', { skip: skipPythonExport }, () => {
    it('answers as a direct run does, and as the libraries do', async () => {
      const folder = join(place.path, 'exported');
      const { pipeline, trees } = exportModels(folder);
      const file = (name: string) => join(folder, name);
      await serve(
        'pipeline',
        file('pipeline.onnx'),
        '--from',
        'skl2onnx',
        '--batch-rows-max',
        '64',
      );
      const rows = pipeline.hour.length;
      const texts = {
        carrier: {
          dataType: 'BYTES' as const,
          shape: [rows, 1],
          bytes: encodeBytesElements(pipeline.carrier.map((text) => Buffer.from(text))),
        },
        hour: whole(pipeline.hour, [rows, 1]),
      };
      const classes = await infer('pipeline', texts);
      assertSame(classes, await direct(file('pipeline.onnx'), texts));
      assertAnswers(classes, pipeline);
      // The exporter says that a label is of one row alone.
      const shape = ['--shape', 'label=-1'];
      await serve(
        'trees',
        file('trees.onnx'),
        '--from',
        'onnxmltools',
        ...shape,
        '--batch-rows-max',
        '64',
      );
      const features = {
        features: floats(Float32Array.from(trees.features), [rows, trees.columns]),
      };
      const leaves = await infer('trees', features);
      assertSame(leaves, await direct(file('trees.onnx'), features));
      assertAnswers(leaves, trees);
    });
  });
});

function assertAnswers(
  outputs: Tensors,
  {
    labels,
    probabilities,
  }: { readonly labels: readonly number[]; readonly probabilities: readonly number[] },
): void {
  const found = outputs['label'] ?? assert.fail('no labels');
  const values = new BigInt64Array(Uint8Array.from(found.bytes).buffer);
  assert.deepEqual(Array.from(values, Number), labels);
  assert.equal(new Set(labels).size, 2);
  assertNear(
    floatsIn(outputs['probabilities'] ?? assert.fail('none')),
    probabilities,
    'probability',
  );
}
