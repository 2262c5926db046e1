import { createHash } from 'node:crypto';
import {
  type DenseLayer,
  type DenseNetwork,
  forward,
} from '../../services/training/core/dense-network.ts';
import { writeOnnx } from '../../services/training/core/onnx-writer.ts';
import { writeTfjs } from '../../services/training/core/tfjs-writer.ts';

/** A model that a test made, and what its signature must say. */
export interface TestModel {
  /** Gives the outputs for [rows, columns] by the plain definition, in float64. */
  readonly expected: (features: Float32Array) => Float64Array;
  readonly bytes: Uint8Array;
  /** SHA-256, 64 hexadecimal digits. */
  readonly digest: string;
  readonly format: 'onnx' | 'tfjs';
  readonly inputName: string;
  readonly columns: number;
  readonly outputName: string;
  readonly outputs: number;
}

/** What a test model is made of. */
export interface TestModelOptions {
  readonly format?: 'onnx' | 'tfjs';
  /** Columns, then the width of each hidden layer. */
  readonly widths?: readonly number[];
  /** Every weight; weights differ from each other without it. */
  readonly weight?: number;
}

/** Hidden layers that take some hundred milliseconds for 1,024 rows on one thread. */
export const slowWidths: readonly number[] = [4, ...Array.from({ length: 8 }, () => 1_024)];

/** Makes a model of dense layers; the same options make the same bytes. */
export function testModel(options: TestModelOptions = {}): TestModel {
  const { format = 'onnx', widths = [4, 8], weight } = options;
  const columns = widths[0] ?? 0;
  const network: DenseNetwork = {
    standardisation: { mean: new Float64Array(columns), std: new Float64Array(columns).fill(1) },
    layers: widths.map((inputs, index) => layer(inputs, widths[index + 1], weight)),
  };
  const bytes =
    format === 'onnx'
      ? writeOnnx(network, { name: 'test', metadata: {} })
      : writeTfjs(network, 'test');
  const digest = createHash('sha256').update(bytes).digest('hex');
  const tensors = { inputName: 'features', columns, outputName: 'probability', outputs: 1 };
  return { expected: (features) => forward(network, features), bytes, digest, format, ...tensors };
}

function layer(
  inputs: number,
  outputs: number | undefined,
  weight: number | undefined,
): DenseLayer {
  const width = outputs ?? 1;
  const weights = new Float32Array(inputs * width);
  for (let at = 0; at < weights.length; at += 1) {
    // Small enough for deep networks not to saturate.
    weights[at] = weight ?? ((((at * 7_919) % 1_000) / 1_000 - 0.5) * 2) / Math.sqrt(inputs);
  }
  return {
    inputs,
    outputs: width,
    weights,
    bias: new Float32Array(width).fill(0.01),
    activation: outputs === undefined ? 'sigmoid' : 'relu',
  };
}
