// Original file: proto/mlmesh/common/v1/value.proto


/**
 * A scalar as callers and sources give it.
 */
export interface Value {
  /**
   * Any finite double.
   */
  'number'?: (number | string);
  /**
   * UTF-8, at most 1,024 bytes.
   */
  'text'?: (string);
  /**
   * True or false.
   */
  'flag'?: (boolean);
  /**
   * Milliseconds since the Unix epoch, UTC; an integer.
   */
  'timeMs'?: (number | string);
  /**
   * Which scalar it is; unset means null.
   */
  'kind'?: "number"|"text"|"flag"|"timeMs";
}

/**
 * A scalar as callers and sources give it.
 */
export interface Value__Output {
  /**
   * Any finite double.
   */
  'number'?: (number);
  /**
   * UTF-8, at most 1,024 bytes.
   */
  'text'?: (string);
  /**
   * True or false.
   */
  'flag'?: (boolean);
  /**
   * Milliseconds since the Unix epoch, UTC; an integer.
   */
  'timeMs'?: (number);
  /**
   * Which scalar it is; unset means null.
   */
  'kind'?: "number"|"text"|"flag"|"timeMs";
}
