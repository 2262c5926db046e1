import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import '@tensorflow/tfjs-backend-cpu';
import { io, tensor2d } from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { decodeTfjsArtifact } from '../../shared/compute/tfjs-artifact.ts';
import { seededRandom } from '../../shared/kernel/random.ts';
import { type DenseNetwork, forward } from './dense-network.ts';
import { writeOnnx } from './onnx-writer.ts';
import { writeTfjs } from './tfjs-writer.ts';

const random = seededRandom(3);
const columns = 17;

function randomValues(length: number, scale: number): Float32Array {
  return Float32Array.from({ length }, () => (random.next() - 0.5) * scale);
}

function networkOf(hidden: readonly number[]): DenseNetwork {
  const sizes = [columns, ...hidden, 1];
  return {
    standardisation: {
      mean: Float64Array.from({ length: columns }, (_, column) => column * 10),
      std: Float64Array.from({ length: columns }, (_, column) => 1 + column),
    },
    layers: sizes.slice(1).map((outputs, index) => {
      const inputs = sizes[index] ?? 0;
      return {
        inputs,
        outputs,
        weights: randomValues(inputs * outputs, 1),
        bias: randomValues(outputs, 1),
        activation: index === hidden.length ? 'sigmoid' : 'relu',
      };
    }),
  };
}

function rowsFor({ standardisation: { mean, std } }: DenseNetwork, rows: number): Float32Array {
  return randomValues(rows * columns, 6).map(
    (value, at) => (mean[at % columns] ?? 0) + value * (std[at % columns] ?? 1),
  );
}

function assertClose(got: ArrayLike<number>, wanted: Float64Array): void {
  assert.equal(got.length, wanted.length);
  // 1e-5: logits of float32 sums of some dozen terms with |mean| / std up to 10, against float64; a probability moves by at most a quarter of its logit.
  for (const [row, value] of wanted.entries()) {
    assert.ok(
      Math.abs((got[row] ?? Number.NaN) - value) < 1e-5,
      `row ${row}: ${got[row]} ${value}`,
    );
  }
}

for (const hidden of [[], [32, 16], [64, 32, 8]]) {
  const network = networkOf(hidden);
  const features = rowsFor(network, 33);
  const wanted = forward(network, features);

  describe(`a network with hidden layers [${hidden}]`, () => {
    it('gives the same probabilities in ONNX Runtime', async () => {
      const bytes = writeOnnx(network, { name: 'flight-delay', metadata: { 'data-hash': 'ab' } });
      const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1 });
      assert.deepEqual(session.inputNames, ['features']);
      assert.deepEqual(session.outputNames, ['probability']);
      for (const rows of [33, 1]) {
        const input = new Tensor('float32', features.slice(0, rows * columns), [rows, columns]);
        const { probability } = await session.run({ features: input });
        assert.deepEqual(probability?.dims, [rows, 1]);
        assertClose(Float32Array.from(probability.data, Number), wanted.subarray(0, rows));
      }
      await session.release();
    });

    it('gives the same probabilities in tfjs', async () => {
      const artifact = decodeTfjsArtifact(writeTfjs(network, 'flight-delay'));
      const model = await loadLayersModel(
        io.fromMemory({
          modelTopology: artifact.modelTopology,
          weightSpecs: artifact.weightSpecs.map((spec) => ({ ...spec, shape: [...spec.shape] })),
          weightData: Uint8Array.from(artifact.weights).buffer,
        }),
      );
      const output = model.predict(tensor2d(features, [33, columns]));
      assert.ok(!Array.isArray(output));
      assert.deepEqual(output.shape, [33, 1]);
      assertClose(await output.data(), wanted);
    });

    it('is written to the same bytes each time', () => {
      const description = { name: 'flight-delay', metadata: { b: '1', a: '2' } };
      assert.deepEqual(writeOnnx(network, description), writeOnnx(network, description));
      assert.deepEqual(writeTfjs(network, 'x'), writeTfjs(network, 'x'));
    });
  });
}
