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
   * Value of each row as a text; empty where it is null.
   */
  'values'?: (string)[];
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
   * Value of each row as a text; empty where it is null.
   */
  'values': (string)[];
}
