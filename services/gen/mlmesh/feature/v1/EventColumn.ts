// Original file: proto/mlmesh/feature/v1/feature_service.proto


/**
 * One column of some events.
 */
export interface EventColumn {
  /**
   * Name of the column.
   */
  'name'?: (string);
  /**
   * Values of number, boolean (0 or 1) and timestamp (epoch ms) columns: float64 little-endian; rows x 8 bytes.
   */
  'numbers'?: (Buffer | Uint8Array | string);
  /**
   * Values of text columns; rows of them.
   */
  'texts'?: (string)[];
  /**
   * One byte a row: 1 where the value is null, and what stands in `numbers` or `texts` does not count; 0 elsewhere. Empty where
   * no value is null. Columns that are keys, and the event time, cannot be null.
   */
  'nulls'?: (Buffer | Uint8Array | string);
}

/**
 * One column of some events.
 */
export interface EventColumn__Output {
  /**
   * Name of the column.
   */
  'name': (string);
  /**
   * Values of number, boolean (0 or 1) and timestamp (epoch ms) columns: float64 little-endian; rows x 8 bytes.
   */
  'numbers': (Buffer);
  /**
   * Values of text columns; rows of them.
   */
  'texts': (string)[];
  /**
   * One byte a row: 1 where the value is null, and what stands in `numbers` or `texts` does not count; 0 elsewhere. Empty where
   * no value is null. Columns that are keys, and the event time, cannot be null.
   */
  'nulls': (Buffer);
}
