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
   * Versions that run as shadows, while those are not paused.
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
  /**
   * Version of the canary; 0 when there is none, or it can't answer yet and so gets no traffic.
   */
  'canaryVersion'?: (number);
  /**
   * Share of the canary, 0 to 1, of the cohorts that control does not have.
   */
  'canaryShare'?: (number | string);
  /**
   * Whether the share of the canary is held.
   */
  'isCanaryHeld'?: (boolean);
  /**
   * Share of the cohorts that control serves, 0 to 1.
   */
  'controlShare'?: (number | string);
  /**
   * What serves control: rules or previous.
   */
  'controlServes'?: (string);
  /**
   * Whether the shadows are paused.
   */
  'isShadowPaused'?: (boolean);
  /**
   * Share of requests that shadows see, 0 to 1.
   */
  'shadowRate'?: (number | string);
  /**
   * Version that production has replaced and that shadows it in reverse; 0 when there is none, or it can't answer.
   */
  'reverseShadowVersion'?: (number);
  /**
   * Share of requests that the reverse shadow sees, 0 to 1.
   */
  'reverseShadowRate'?: (number | string);
  /**
   * Generation of the traffic of the registry that this router obeys.
   */
  'trafficGeneration'?: (number | string);
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
   * Versions that run as shadows, while those are not paused.
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
  /**
   * Version of the canary; 0 when there is none, or it can't answer yet and so gets no traffic.
   */
  'canaryVersion': (number);
  /**
   * Share of the canary, 0 to 1, of the cohorts that control does not have.
   */
  'canaryShare': (number);
  /**
   * Whether the share of the canary is held.
   */
  'isCanaryHeld': (boolean);
  /**
   * Share of the cohorts that control serves, 0 to 1.
   */
  'controlShare': (number);
  /**
   * What serves control: rules or previous.
   */
  'controlServes': (string);
  /**
   * Whether the shadows are paused.
   */
  'isShadowPaused': (boolean);
  /**
   * Share of requests that shadows see, 0 to 1.
   */
  'shadowRate': (number);
  /**
   * Version that production has replaced and that shadows it in reverse; 0 when there is none, or it can't answer.
   */
  'reverseShadowVersion': (number);
  /**
   * Share of requests that the reverse shadow sees, 0 to 1.
   */
  'reverseShadowRate': (number);
  /**
   * Generation of the traffic of the registry that this router obeys.
   */
  'trafficGeneration': (number);
}
