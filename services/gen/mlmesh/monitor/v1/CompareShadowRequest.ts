// Original file: proto/mlmesh/monitor/v1/judge.proto


/**
 * Asks how a shadow compares, in detail.
 */
export interface CompareShadowRequest {
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
   * The newest requests that are looked at, 1 to 20,000; 0 means 5,000.
   */
  'requestsMax'?: (number);
  /**
   * Requests that the monitor took before are left out, milliseconds since the Unix epoch by its own clock; 0 leaves none out.
   */
  'receivedFromMs'?: (number | string);
  /**
   * Join key by whose values requests are put into segments; empty for none.
   */
  'segmentBy'?: (string);
  /**
   * Whether the requests themselves are wanted, to be compared elsewhere.
   */
  'withPairs'?: (boolean);
}

/**
 * Asks how a shadow compares, in detail.
 */
export interface CompareShadowRequest__Output {
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
   * The newest requests that are looked at, 1 to 20,000; 0 means 5,000.
   */
  'requestsMax': (number);
  /**
   * Requests that the monitor took before are left out, milliseconds since the Unix epoch by its own clock; 0 leaves none out.
   */
  'receivedFromMs': (number);
  /**
   * Join key by whose values requests are put into segments; empty for none.
   */
  'segmentBy': (string);
  /**
   * Whether the requests themselves are wanted, to be compared elsewhere.
   */
  'withPairs': (boolean);
}
