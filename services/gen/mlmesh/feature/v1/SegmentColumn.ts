// Original file: proto/mlmesh/feature/v1/feature_service.proto


/**
 * A column of the examples behind the rows of a training set.
 */
export interface SegmentColumn {
  /**
   * Name of the column.
   */
  'name'?: (string);
  /**
   * The different values of the message's rows as texts, each once; the empty text stands for null too.
   */
  'dictionary'?: (string)[];
  /**
   * Which of them each row has: uint32 little-endian; rows x 4 bytes.
   */
  'codes'?: (Buffer | Uint8Array | string);
}

/**
 * A column of the examples behind the rows of a training set.
 */
export interface SegmentColumn__Output {
  /**
   * Name of the column.
   */
  'name': (string);
  /**
   * The different values of the message's rows as texts, each once; the empty text stands for null too.
   */
  'dictionary': (string)[];
  /**
   * Which of them each row has: uint32 little-endian; rows x 4 bytes.
   */
  'codes': (Buffer);
}
