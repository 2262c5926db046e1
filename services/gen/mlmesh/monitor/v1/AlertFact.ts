// Original file: proto/mlmesh/monitor/v1/alert.proto


/**
 * One thing that an alert was decided from, or a figure of it.
 */
export interface AlertFact {
  /**
   * Its name, such as `recentAnswers`.
   */
  'name'?: (string);
  /**
   * A finite number.
   */
  'number'?: (number | string);
  /**
   * A text.
   */
  'text'?: (string);
  /**
   * What it is.
   */
  'value'?: "number"|"text";
}

/**
 * One thing that an alert was decided from, or a figure of it.
 */
export interface AlertFact__Output {
  /**
   * Its name, such as `recentAnswers`.
   */
  'name': (string);
  /**
   * A finite number.
   */
  'number'?: (number);
  /**
   * A text.
   */
  'text'?: (string);
  /**
   * What it is.
   */
  'value'?: "number"|"text";
}
