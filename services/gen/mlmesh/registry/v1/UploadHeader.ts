// Original file: proto/mlmesh/registry/v1/registry_service.proto


/**
 * What is uploaded.
 */
export interface UploadHeader {
  /**
   * SHA-256 of the blob, 64 hexadecimal digits.
   */
  'digest'?: (string);
  /**
   * Bytes of the whole blob, 1 to 2^31 - 1.
   */
  'bytes'?: (number | string);
  /**
   * Bytes that are there already, as GetUpload says; what follows begins after them.
   */
  'fromByte'?: (number | string);
  /**
   * What it is: `onnx`, `tfjs` or `saved-model`, a model, or `json`.
   */
  'format'?: (string);
}

/**
 * What is uploaded.
 */
export interface UploadHeader__Output {
  /**
   * SHA-256 of the blob, 64 hexadecimal digits.
   */
  'digest': (string);
  /**
   * Bytes of the whole blob, 1 to 2^31 - 1.
   */
  'bytes': (number);
  /**
   * Bytes that are there already, as GetUpload says; what follows begins after them.
   */
  'fromByte': (number);
  /**
   * What it is: `onnx`, `tfjs` or `saved-model`, a model, or `json`.
   */
  'format': (string);
}
