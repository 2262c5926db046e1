import { createHash } from 'node:crypto';
import { type ModelSpec, matrixModel } from '../services/shared/platform/inference/model-spec.ts';
import type { DenseLayer, DenseNetwork } from '../services/training/core/dense-network.ts';
import { writeOnnx } from '../services/training/core/onnx-writer.ts';
import { writeTfjs } from '../services/training/core/tfjs-writer.ts';

/** The network that the bars speak of: 1.8 million multiplications a row. */
export const largeWidths: readonly number[] = [256, 1_024, 1_024, 512, 1];

/** A network as small as those that judge tables. */
export const smallWidths: readonly number[] = [32, 64, 32, 1];

/** How a model is run, and so the format of its bytes; `plain` and `tfjs-cpu` run what a tfjs artifact holds. */
export type BenchFormat = 'onnx' | 'onnx-cuda' | 'tfjs' | 'tfjs-cpu' | 'plain';

/** A model that was made for the benchmark. */
export interface BenchModel {
  readonly spec: ModelSpec;
  readonly bytes: Uint8Array;
}

/** Makes a network of dense layers, columns first and the one output last; the same widths give the same network. */
export function benchNetwork(widths: readonly number[]): DenseNetwork {
  const columns = widths[0] ?? 0;
  return {
    standardisation: { mean: new Float64Array(columns), std: new Float64Array(columns).fill(1) },
    layers: widths.slice(1).map((outputs, index) => layerOf(widths[index] ?? 0, outputs)),
  };
}

/** Makes the artifact of a network in a format. */
export function benchModel(widths: readonly number[], format: BenchFormat): BenchModel {
  const network = benchNetwork(widths);
  const name = widths.join('-');
  const bytes =
    format === 'onnx' || format === 'onnx-cuda'
      ? writeOnnx(network, { name, metadata: {} })
      : writeTfjs(network, name);
  const spec = matrixModel({
    name,
    digest: createHash('sha256').update(bytes).digest('hex'),
    format,
    inputName: 'features',
    columns: widths[0] ?? 0,
    outputName: 'probability',
    outputs: 1,
  });
  return { spec, bytes };
}

/** Gives the same rows each time, in [-1, 1): [rows, columns] row-major. */
export function benchRows(rows: number, columns: number): Float32Array {
  return Float32Array.from(
    { length: rows * columns },
    (_, at) => ((at * 7_919) % 2_003) / 1_001.5 - 1,
  );
}

function layerOf(inputs: number, outputs: number): DenseLayer {
  // As large as networks are initialised, so that deep ones don't saturate.
  const weights = Float32Array.from(
    { length: inputs * outputs },
    (_, at) => (((at * 7_919) % 1_000) / 1_000 - 0.5) * (2 / Math.sqrt(inputs)),
  );
  return {
    inputs,
    outputs,
    weights,
    bias: new Float32Array(outputs).fill(0.01),
    activation: outputs === 1 ? 'sigmoid' : 'relu',
  };
}
