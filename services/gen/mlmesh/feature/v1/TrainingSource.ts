// Original file: proto/mlmesh/feature/v1/feature_service.proto


/**
 * One source that a training set was made from.
 */
export interface TrainingSource {
  /**
   * Name.
   */
  'name'?: (string);
  /**
   * SHA-256 of its file, 64 hexadecimal digits; empty when its history was not imported.
   */
  'fileHash'?: (string);
  /**
   * SHA-256 of its definition, 64 hexadecimal digits; empty when its history was not imported.
   */
  'planHash'?: (string);
}

/**
 * One source that a training set was made from.
 */
export interface TrainingSource__Output {
  /**
   * Name.
   */
  'name': (string);
  /**
   * SHA-256 of its file, 64 hexadecimal digits; empty when its history was not imported.
   */
  'fileHash': (string);
  /**
   * SHA-256 of its definition, 64 hexadecimal digits; empty when its history was not imported.
   */
  'planHash': (string);
}
