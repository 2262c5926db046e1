// Original file: proto/mlmesh/monitor/v1/alert.proto


/**
 * Asks for silences.
 */
export interface ListSilencesRequest {
  /**
   * Whether those that are over are wanted as well.
   */
  'includeEnded'?: (boolean);
}

/**
 * Asks for silences.
 */
export interface ListSilencesRequest__Output {
  /**
   * Whether those that are over are wanted as well.
   */
  'includeEnded': (boolean);
}
