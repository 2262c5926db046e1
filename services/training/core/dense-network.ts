import { MeshError } from '../../shared/kernel/mesh-error.ts';

/** One dense layer: activation(input x weights + bias). */
export interface DenseLayer {
  /** Columns it takes. */
  readonly inputs: number;
  /** Columns it gives. */
  readonly outputs: number;
  /** [inputs, outputs] row-major. */
  readonly weights: Float32Array;
  /** [outputs]. */
  readonly bias: Float32Array;
  readonly activation: 'relu' | 'sigmoid';
}

/**
 * A network that gives the probability of one class. Its columns are standardised first: (x - mean) / std. Logistic
 * regression is the network of one layer; its last layer has one output and a sigmoid.
 */
export interface DenseNetwork {
  readonly standardisation: Standardisation;
  readonly layers: readonly DenseLayer[];
}

/** Mean and standard deviation of each column of the training rows; the deviation is never 0. */
export interface Standardisation {
  readonly mean: Float64Array;
  readonly std: Float64Array;
}

/**
 * Gives the probabilities of some rows by the plain definition, in float64: the oracle of every faster runtime.
 * @param features [rows, columns] row-major
 */
export function forward(network: DenseNetwork, features: Float32Array): Float64Array {
  const { mean, std } = network.standardisation;
  const columns = mean.length;
  let activations = Float64Array.from(features, (value, at) => {
    const column = at % columns;
    return (value - (mean[column] ?? 0)) / (std[column] ?? 1);
  });
  for (const layer of network.layers) activations = forwardLayer(layer, activations);
  return activations;
}

function forwardLayer(layer: DenseLayer, input: Float64Array): Float64Array<ArrayBuffer> {
  const { inputs, outputs, weights, bias } = layer;
  const rows = input.length / inputs;
  const result = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    for (let output = 0; output < outputs; output++) {
      let sum = bias[output] ?? 0;
      for (let at = 0; at < inputs; at++) {
        sum += (input[row * inputs + at] ?? 0) * (weights[at * outputs + output] ?? 0);
      }
      result[row * outputs + output] = activate(layer.activation, sum);
    }
  }
  return result;
}

function activate(activation: DenseLayer['activation'], value: number): number {
  switch (activation) {
    case 'relu':
      return Math.max(0, value);
    case 'sigmoid':
      return 1 / (1 + Math.exp(-value));
  }
}

/**
 * Gives the layers of a network that takes raw columns: the standardisation is folded into the first one, in float64,
 * and rounded once. Folded, because two more operators of a native runtime cost about as much as a layer of this size,
 * and tfjs-layers has no standardising layer. What it costs: the error of a logit grows with |mean| / std of the
 * columns, about 1e-7 each, so a column far from 0 against its spread should be shifted by its author.
 */
export function foldStandardisation(network: DenseNetwork): readonly DenseLayer[] {
  const { mean, std } = network.standardisation;
  return network.layers.map((layer, index) => {
    if (index > 0) return layer;
    const { outputs } = layer;
    const bias = Float64Array.from(layer.bias);
    const weights = Float32Array.from(layer.weights, (weight, at) => {
      const input = Math.floor(at / outputs);
      const folded = weight / (std[input] ?? 1);
      bias[at % outputs] = (bias[at % outputs] ?? 0) - folded * (mean[input] ?? 0);
      return folded;
    });
    return { ...layer, weights, bias: Float32Array.from(bias) };
  });
}

/**
 * Gives mean and standard deviation of each column, in two passes in row order; a column that never changes has the
 * deviation 1.
 * @param features [rows, columns] row-major, at least one row
 * @throws {MeshError} INVALID_ARGUMENT / TENSOR_NOT_FINITE when a value is NaN or infinite.
 */
export function standardise(features: Float32Array, columns: number): Standardisation {
  const rows = features.length / columns;
  const mean = new Float64Array(columns);
  const std = new Float64Array(columns);
  for (const [at, value] of features.entries()) {
    if (!Number.isFinite(value)) throw notFinite(Math.floor(at / columns), at % columns);
    mean[at % columns] = (mean[at % columns] ?? 0) + value;
  }
  for (let column = 0; column < columns; column++) mean[column] = (mean[column] ?? 0) / rows;
  for (const [at, value] of features.entries()) {
    const column = at % columns;
    std[column] = (std[column] ?? 0) + (value - (mean[column] ?? 0)) ** 2;
  }
  for (let column = 0; column < columns; column++) {
    std[column] = Math.sqrt((std[column] ?? 0) / rows) || 1;
  }
  return { mean, std };
}

function notFinite(row: number, column: number): MeshError {
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'TENSOR_NOT_FINITE',
    message: `wanted finite features, got NaN or infinity in row ${row}, column ${column}`,
    detail: { row, column },
  });
}
