import type { Tensor, TensorSpec } from '../../compute/tensor/tensor.ts';

/** What a worker must know of a model to run it. Plain data: it crosses threads. */
export interface ModelSpec {
  /** Names the model in errors, such as `flight-delay/2`. */
  readonly name: string;
  /** SHA-256 of the artifact, 64 hexadecimal digits. */
  readonly digest: string;
  /** `onnx` or `tfjs`. */
  readonly format: string;
  /** What it takes, in order. */
  readonly inputs: readonly TensorSpec[];
  /** What it gives, in order. */
  readonly outputs: readonly TensorSpec[];
  /** Whether the first dimension of every tensor is the batch, of any size. */
  readonly isBatched: boolean;
  /** Whether NaN and infinity are looked for in what is float32: a model of a feature set never meets them. */
  readonly isFiniteOnly: boolean;
}

/** A model that is open and runs on the thread that opened it. */
export interface LoadedModel {
  /** Runtime, as answers name it: `onnxruntime-cpu`, `onnxruntime-cuda` or `tfjs-wasm`. */
  readonly backend: string;
  /**
   * Runs the model once; blocks the thread meanwhile. Takes and gives tensors in the order of the spec.
   * @throws {MeshError} INTERNAL / TENSOR_SHAPE or TENSOR_TYPE when the model gives something else than its spec says.
   */
  run(inputs: readonly Tensor[]): Promise<readonly Tensor[]>;
  /** Frees what is not collected; the model is not used after it. */
  release(): Promise<void>;
}

/**
 * Opens a model whose bytes are verified already. Called once a thread.
 * @throws {MeshError} DATA_LOSS / ARTIFACT_CORRUPT, FAILED_PRECONDITION / TENSOR_SHAPE or ARTIFACT_UNSUPPORTED.
 */
export type OpenModel = (bytes: Uint8Array, spec: ModelSpec) => Promise<LoadedModel>;

/** A model of rows: one matrix of float32 in, one out. */
export interface MatrixModel {
  readonly name: string;
  readonly digest: string;
  readonly format: string;
  readonly inputName: string;
  /** Features of a row, from 1. */
  readonly columns: number;
  readonly outputName: string;
  /** Outputs of a row, from 1. */
  readonly outputs: number;
}

/** Gives the spec of a model of rows. */
export function matrixModel(model: MatrixModel): ModelSpec {
  const { name, digest, format, inputName, columns, outputName, outputs } = model;
  return {
    name,
    digest,
    format,
    inputs: [{ name: inputName, dataType: 'FP32', shape: [-1, columns] }],
    outputs: [{ name: outputName, dataType: 'FP32', shape: [-1, outputs] }],
    isBatched: true,
    isFiniteOnly: true,
  };
}
