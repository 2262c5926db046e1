import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
// For its side effect: in Node it is tfjs-layers that registers the gradients of tfjs-core's operators.
import '@tensorflow/tfjs-layers';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import {
  add,
  dispose,
  losses,
  matMul,
  mul,
  nextFrame,
  ready,
  relu,
  setBackend,
  square,
  sum,
  type Tensor,
  tensor,
  tidy,
  valueAndGrads,
} from '@tensorflow/tfjs-core';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { seededRandom } from '../../shared/kernel/random.ts';
import { Adam } from '../core/adam.ts';
import { type DenseLayer, type DenseNetwork, standardise } from '../core/dense-network.ts';
import { initialLayers } from '../core/initial-layers.ts';
import { shuffle } from '../core/permutation.ts';
import type { TrainingPlan } from '../core/training-plan.ts';
import type { OnStepProgress, Trainer, TrainerInput } from '../ports.ts';
import { nodeEnvironment } from './node-environment.ts';

// 20: about 50 ms of work on a slow core, after which the event loop gets a turn and a cancelled job ends.
const batchesPerTurn = 20;

/** Standardised rows. */
interface Examples {
  readonly rows: number;
  readonly columns: number;
  /** [rows, columns] row-major. */
  readonly features: Float32Array;
  readonly labels: Float32Array;
}

/**
 * Trains dense networks with the gradients of TensorFlow.js on WebAssembly: one thread, no relaxed arithmetic, a seeded
 * shuffle of its own, so that the same input gives the same bytes in every process. Minimises the mean cross-entropy plus
 * l2 times the squared weights.
 */
export class TfjsTrainer implements Trainer {
  readonly name = 'tfjs-wasm 4.22.0';
  readonly environment = nodeEnvironment([
    '@tensorflow/tfjs-backend-wasm==4.22.0',
    '@tensorflow/tfjs-core==4.22.0',
  ]);

  /**
   * Gives a trained network.
   * @throws {MeshError} INVALID_ARGUMENT / TRAINING_FAILED when there are no rows; INTERNAL / TRAINING_FAILED when the loss
   * is not finite any more; INVALID_ARGUMENT / TENSOR_NOT_FINITE when a feature is not.
   * @throws the reason of `signal` when it aborts
   */
  async train(
    { rows: set, plan }: TrainerInput,
    onProgress: OnStepProgress,
    signal: AbortSignal,
  ): Promise<DenseNetwork> {
    if (set.rows === 0) throw noRows();
    await useWebAssembly();
    const standardisation = standardise(set.features, set.columns);
    const { mean, std } = standardisation;
    const examples: Examples = {
      ...set,
      features: set.features.map((value, at) => {
        const column = at % set.columns;
        return (value - (mean[column] ?? 0)) / (std[column] ?? 1);
      }),
    };
    const layers = initialLayers(set.columns, plan.hidden, seededRandom(plan.seed));
    await fit(layers, examples, plan, { onProgress, signal });
    return { standardisation, layers };
  }
}

/** The WebAssembly file is read from the package's folder: without a path it would be fetched from a page that is not there. */
async function useWebAssembly(): Promise<void> {
  const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(dirname(entry) + sep);
  await setBackend('wasm');
  await ready();
}

interface FitHooks {
  readonly onProgress: OnStepProgress;
  readonly signal: AbortSignal;
}

/** Changes the weights of `layers` in place. */
async function fit(
  layers: readonly DenseLayer[],
  examples: Examples,
  plan: TrainingPlan,
  { onProgress, signal }: FitHooks,
): Promise<void> {
  const { epochs, batchRows, learningRate } = plan;
  // Not the seed of the weights: the shuffles shall not replay the numbers that the weights were drawn from.
  const random = seededRandom(plan.seed ^ 0x5eed);
  const order = Uint32Array.from({ length: examples.rows }, (_, row) => row);
  const parameters = layers.flatMap(({ weights, bias }) => [weights, bias]);
  const adam = new Adam(parameters);
  const batches = Math.ceil(examples.rows / batchRows);
  const total = epochs * batches;
  for (let step = 0; step < total; step++) {
    const batch = step % batches;
    if (batch === 0) shuffle(order, random);
    const chosen = order.subarray(batch * batchRows, (batch + 1) * batchRows);
    const { loss, gradients } = lossAndGradients(layers, gather(examples, chosen), plan.l2);
    if (!Number.isFinite(loss)) throw diverged(step, total);
    adam.step(parameters, gradients, learningRate * (1 - step / total));
    if (step % batchesPerTurn === 0 || step === total - 1) {
      const epoch = Math.floor(step / batches) + 1;
      const detail = `epoch ${epoch} of ${epochs}, loss ${loss.toFixed(4)}`;
      onProgress({ done: step + 1, total, detail });
      await nextFrame();
      signal.throwIfAborted();
    }
  }
}

function gather(examples: Examples, chosen: Uint32Array): Examples {
  const { columns } = examples;
  const features = new Float32Array(chosen.length * columns);
  const labels = new Float32Array(chosen.length);
  for (const [at, row] of chosen.entries()) {
    features.set(examples.features.subarray(row * columns, (row + 1) * columns), at * columns);
    labels[at] = examples.labels[row] ?? 0;
  }
  return { rows: chosen.length, columns, features, labels };
}

interface LossAndGradients {
  readonly loss: number;
  /** In the order of the layers: weights, then bias. */
  readonly gradients: readonly Float32Array[];
}

function lossAndGradients(
  layers: readonly DenseLayer[],
  { rows, columns, features, labels }: Examples,
  l2: number,
): LossAndGradients {
  const { value, grads } = tidy(() => {
    const input = tensor(features, [rows, columns]);
    const wanted = tensor(labels, [rows, 1]);
    const parameters = layers.flatMap(({ inputs, outputs, weights, bias }) => [
      tensor(weights, [inputs, outputs]),
      tensor(bias, [outputs]),
    ]);
    return valueAndGrads((...values: Tensor[]) => lossOf(input, wanted, values, l2))(parameters);
  });
  const loss = value.dataSync()[0] ?? Number.NaN;
  const gradients = grads.map((gradient) => Float32Array.from(gradient.dataSync()));
  dispose([value, ...grads]);
  return { loss, gradients };
}

/** The last layer's sigmoid is part of the loss: cross-entropy from the logit does not saturate. */
function lossOf(input: Tensor, wanted: Tensor, parameters: readonly Tensor[], l2: number): Tensor {
  let activation = input;
  let penalty: Tensor | undefined;
  for (let at = 0; at < parameters.length; at += 2) {
    const [weights, bias] = parameters.slice(at, at + 2);
    if (weights === undefined || bias === undefined) break;
    const logits = add(matMul(activation, weights), bias);
    activation = at + 2 < parameters.length ? relu(logits) : logits;
    const squares = sum(square(weights));
    penalty = penalty === undefined ? squares : add(penalty, squares);
  }
  const crossEntropy = losses.sigmoidCrossEntropy(wanted, activation);
  return penalty === undefined ? crossEntropy : add(crossEntropy, mul(penalty, l2));
}

function noRows(): MeshError {
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'TRAINING_FAILED',
    message: 'wanted one row or more to train on, got none; widen the interval of the pipeline',
  });
}

function diverged(step: number, total: number): MeshError {
  return new MeshError({
    code: 'INTERNAL',
    reason: 'TRAINING_FAILED',
    message: `wanted a finite loss, got NaN or infinity at step ${step + 1} of ${total}; lower the learningRate`,
  });
}
