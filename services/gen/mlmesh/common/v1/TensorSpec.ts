// Original file: proto/mlmesh/common/v1/value.proto


/**
 * Name, datatype and shape of a tensor in a serving signature.
 */
export interface TensorSpec {
  /**
   * Name of the input or output.
   */
  'name'?: (string);
  /**
   * KServe V2 datatype, such as FP32.
   */
  'datatype'?: (string);
  /**
   * Dimensions; -1 is of any size. None is a scalar.
   */
  'shape'?: (number)[];
}

/**
 * Name, datatype and shape of a tensor in a serving signature.
 */
export interface TensorSpec__Output {
  /**
   * Name of the input or output.
   */
  'name': (string);
  /**
   * KServe V2 datatype, such as FP32.
   */
  'datatype': (string);
  /**
   * Dimensions; -1 is of any size. None is a scalar.
   */
  'shape': (number)[];
}
