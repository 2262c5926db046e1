import assert from 'node:assert/strict';
import { floatMatrix, floatsOf } from '../services/shared/compute/tensor/float-matrix.ts';
import { decodeTfjsArtifact } from '../services/shared/compute/tfjs-artifact.ts';
import type { LoadedModel } from '../services/shared/platform/inference/model-spec.ts';

interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  /** [inputs, outputs] row-major. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/**
 * Opens the dense layers of a tfjs artifact as loops of JavaScript over typed arrays, as one would write them without any library:
 * relu between layers, sigmoid last, float32 throughout.
 */
export function openPlainModel(bytes: Uint8Array): Promise<LoadedModel> {
  const layers = layersOf(bytes);
  return Promise.resolve({
    backend: 'plain JavaScript',
    run([input]) {
      assert(input !== undefined, 'wanted one input');
      const rows = input.shape[0] ?? 0;
      let values = floatsOf(input);
      for (const [index, layer] of layers.entries()) {
        values = forward(layer, values, rows);
        activate(values, index === layers.length - 1);
      }
      return Promise.resolve([floatMatrix(values, rows)]);
    },
    release: () => Promise.resolve(),
  });
}

/** Input by input, so that the inner loop goes along a row of weights and a row of results. */
function forward(layer: Layer, input: Float32Array, rows: number): Float32Array {
  const { inputs, outputs, weights, bias } = layer;
  const result = new Float32Array(rows * outputs);
  for (let row = 0; row < rows; row += 1) {
    const into = result.subarray(row * outputs, (row + 1) * outputs);
    into.set(bias);
    for (let at = 0; at < inputs; at += 1) {
      const value = input[row * inputs + at] ?? 0;
      if (value === 0) continue;
      const from = at * outputs;
      for (let output = 0; output < outputs; output += 1) {
        into[output] = (into[output] ?? 0) + value * (weights[from + output] ?? 0);
      }
    }
  }
  return result;
}

function activate(values: Float32Array, isLast: boolean): void {
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] ?? 0;
    values[at] = isLast ? 1 / (1 + Math.exp(-value)) : Math.max(0, value);
  }
}

function layersOf(bytes: Uint8Array): readonly Layer[] {
  const { weightSpecs, weights } = decodeTfjsArtifact(bytes);
  const all = new Float32Array(Uint8Array.from(weights).buffer);
  const layers: Layer[] = [];
  let from = 0;
  for (const { shape } of weightSpecs) {
    const [inputs = 0, outputs] = shape;
    if (outputs === undefined) continue; // the bias, which follows its weights
    const end = from + inputs * outputs;
    layers.push({
      inputs,
      outputs,
      weights: all.subarray(from, end),
      bias: all.subarray(end, end + outputs),
    });
    from = end + outputs;
  }
  return layers;
}
