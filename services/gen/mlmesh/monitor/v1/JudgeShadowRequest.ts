// Original file: proto/mlmesh/monitor/v1/judge.proto


/**
 * Asks for the gates of a shadow on its newest requests.
 */
export interface JudgeShadowRequest {
  /**
   * Name of the model.
   */
  'model'?: (string);
  /**
   * The shadow.
   */
  'version'?: (number);
  /**
   * Version that it is compared with, when that answered as the model; 0 means whatever answered while there was none: the fallback
   * model or the rules.
   */
  'baselineVersion'?: (number);
  /**
   * The newest requests that are looked at, 1 to 20,000; 0 means 20,000.
   */
  'requestsMax'?: (number);
  /**
   * Requests that the monitor took before are left out, milliseconds since the Unix epoch by its own clock; 0 leaves none out.
   */
  'receivedFromMs'?: (number | string);
}

/**
 * Asks for the gates of a shadow on its newest requests.
 */
export interface JudgeShadowRequest__Output {
  /**
   * Name of the model.
   */
  'model': (string);
  /**
   * The shadow.
   */
  'version': (number);
  /**
   * Version that it is compared with, when that answered as the model; 0 means whatever answered while there was none: the fallback
   * model or the rules.
   */
  'baselineVersion': (number);
  /**
   * The newest requests that are looked at, 1 to 20,000; 0 means 20,000.
   */
  'requestsMax': (number);
  /**
   * Requests that the monitor took before are left out, milliseconds since the Unix epoch by its own clock; 0 leaves none out.
   */
  'receivedFromMs': (number);
}
