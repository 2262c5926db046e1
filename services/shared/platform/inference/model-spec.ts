/** What a worker must know of a model to run it. Plain data: it crosses threads. */
export interface ModelSpec {
  /** Names the model in errors, such as `flight-delay/2`. */
  readonly name: string;
  /** SHA-256 of the artifact, 64 hexadecimal digits. */
  readonly digest: string;
  /** `onnx` or `tfjs`. */
  readonly format: string;
  /** Name of the input tensor, float32 [rows, columns]. */
  readonly inputName: string;
  /** Features of a row, from 1. */
  readonly columns: number;
  /** Name of the output tensor, float32 [rows, outputs]. */
  readonly outputName: string;
  /** Outputs of a row, from 1. */
  readonly outputs: number;
}

/** A model that is open and runs on the thread that opened it. */
export interface LoadedModel {
  /** Runtime, as answers name it: `onnxruntime` or `tfjs-wasm`. */
  readonly backend: string;
  /**
   * Runs the model once for all rows; blocks the thread meanwhile. Gives [rows, outputs] row-major.
   * @throws {MeshError} INTERNAL / TENSOR_SHAPE when the model gives another number of values.
   */
  infer(input: Float32Array, rows: number): Promise<Float32Array>;
}

/**
 * Opens a model whose bytes are verified already. Called once a thread.
 * @throws {MeshError} DATA_LOSS / ARTIFACT_CORRUPT, FAILED_PRECONDITION / TENSOR_SHAPE.
 */
export type OpenModel = (bytes: Uint8Array, spec: ModelSpec) => Promise<LoadedModel>;
