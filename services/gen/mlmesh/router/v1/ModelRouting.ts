// Original file: proto/mlmesh/router/v1/router_service.proto


/**
 * The routing of one model.
 */
export interface ModelRouting {
  /**
   * Name of the model.
   */
  'model'?: (string);
  /**
   * Version behind `production`; 0 when there is none.
   */
  'productionVersion'?: (number);
  /**
   * Generation of `production` that this router obeys.
   */
  'productionGeneration'?: (number | string);
  /**
   * Versions that run as shadows.
   */
  'shadowVersions'?: (number)[];
  /**
   * Version of the fallback model; 0 when there is none.
   */
  'fallbackVersion'?: (number);
  /**
   * Join keys that a request must name.
   */
  'joinKeys'?: (string)[];
  /**
   * Request features that a request must name, with their type: number, text, flag or time.
   */
  'requestFeatures'?: ({[key: string]: string});
  /**
   * Budget of the model, milliseconds.
   */
  'modelBudgetMs'?: (number | string);
  /**
   * Reserve that is kept for the fallback, milliseconds.
   */
  'reserveMs'?: (number | string);
}

/**
 * The routing of one model.
 */
export interface ModelRouting__Output {
  /**
   * Name of the model.
   */
  'model': (string);
  /**
   * Version behind `production`; 0 when there is none.
   */
  'productionVersion': (number);
  /**
   * Generation of `production` that this router obeys.
   */
  'productionGeneration': (number);
  /**
   * Versions that run as shadows.
   */
  'shadowVersions': (number)[];
  /**
   * Version of the fallback model; 0 when there is none.
   */
  'fallbackVersion': (number);
  /**
   * Join keys that a request must name.
   */
  'joinKeys': (string)[];
  /**
   * Request features that a request must name, with their type: number, text, flag or time.
   */
  'requestFeatures': ({[key: string]: string});
  /**
   * Budget of the model, milliseconds.
   */
  'modelBudgetMs': (number);
  /**
   * Reserve that is kept for the fallback, milliseconds.
   */
  'reserveMs': (number);
}
