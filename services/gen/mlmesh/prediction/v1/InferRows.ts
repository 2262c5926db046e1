// Original file: proto/mlmesh/prediction/v1/prediction_service.proto


/**
 * Outputs of some rows.
 */
export interface InferRows {
  /**
   * float32 little-endian, row-major: rows x outputs of the signature.
   */
  'outputs'?: (Buffer | Uint8Array | string);
  /**
   * Milliseconds in the queue of the service.
   */
  'queueMs'?: (number | string);
  /**
   * Milliseconds of the native call.
   */
  'computeMs'?: (number | string);
  /**
   * Runtime that ran it: `onnxruntime-cpu`, `onnxruntime-cuda`, `tfjs-wasm`, `tensorflow-cpu` or `tensorflow-gpu`.
   */
  'backend'?: (string);
  /**
   * Rows.
   */
  'rows'?: (number);
}

/**
 * Outputs of some rows.
 */
export interface InferRows__Output {
  /**
   * float32 little-endian, row-major: rows x outputs of the signature.
   */
  'outputs': (Buffer);
  /**
   * Milliseconds in the queue of the service.
   */
  'queueMs': (number);
  /**
   * Milliseconds of the native call.
   */
  'computeMs': (number);
  /**
   * Runtime that ran it: `onnxruntime-cpu`, `onnxruntime-cuda`, `tfjs-wasm`, `tensorflow-cpu` or `tensorflow-gpu`.
   */
  'backend': (string);
  /**
   * Rows.
   */
  'rows': (number);
}
