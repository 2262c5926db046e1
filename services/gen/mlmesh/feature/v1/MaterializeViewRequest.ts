// Original file: proto/mlmesh/feature/v1/feature_service.proto


/**
 * Asks to write a view's offline features to the warehouse.
 */
export interface MaterializeViewRequest {
  /**
   * Id of the view, such as `flights/origin`.
   */
  'view'?: (string);
  /**
   * Points t of the grid in [from_ms, until_ms), milliseconds since the Unix epoch.
   */
  'fromMs'?: (number | string);
  /**
   * End of the interval, not included; at most 1,200 months after its begin.
   */
  'untilMs'?: (number | string);
  /**
   * The points are the whole multiples of this since the Unix epoch: 60,000 (a minute) to 31,622,400,000 (366 days).
   */
  'everyMs'?: (number | string);
}

/**
 * Asks to write a view's offline features to the warehouse.
 */
export interface MaterializeViewRequest__Output {
  /**
   * Id of the view, such as `flights/origin`.
   */
  'view': (string);
  /**
   * Points t of the grid in [from_ms, until_ms), milliseconds since the Unix epoch.
   */
  'fromMs': (number);
  /**
   * End of the interval, not included; at most 1,200 months after its begin.
   */
  'untilMs': (number);
  /**
   * The points are the whole multiples of this since the Unix epoch: 60,000 (a minute) to 31,622,400,000 (366 days).
   */
  'everyMs': (number);
}
