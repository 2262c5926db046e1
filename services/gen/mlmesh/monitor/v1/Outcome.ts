// Original file: proto/mlmesh/monitor/v1/monitor_service.proto


/**
 * What came of one prediction.
 */
export interface Outcome {
  /**
   * The prediction.
   */
  'predictionId'?: (string);
  /**
   * Label, such as 1 for late and 0 for on time; finite.
   */
  'label'?: (number | string);
  /**
   * When it was observed, milliseconds since the Unix epoch (virtual in a replay).
   */
  'observedAtMs'?: (number | string);
  /**
   * What it was worth to the business, such as revenue, in any unit; finite. Absent: the mesh file's businessValue says it from answer and label.
   */
  'businessValue'?: (number | string);
  '_businessValue'?: "businessValue";
}

/**
 * What came of one prediction.
 */
export interface Outcome__Output {
  /**
   * The prediction.
   */
  'predictionId': (string);
  /**
   * Label, such as 1 for late and 0 for on time; finite.
   */
  'label': (number);
  /**
   * When it was observed, milliseconds since the Unix epoch (virtual in a replay).
   */
  'observedAtMs': (number);
  /**
   * What it was worth to the business, such as revenue, in any unit; finite. Absent: the mesh file's businessValue says it from answer and label.
   */
  'businessValue'?: (number);
  '_businessValue'?: "businessValue";
}
