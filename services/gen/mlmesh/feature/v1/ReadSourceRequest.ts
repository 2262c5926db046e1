// Original file: proto/mlmesh/feature/v1/feature_service.proto

import type { SourceOrder as _mlmesh_feature_v1_SourceOrder, SourceOrder__Output as _mlmesh_feature_v1_SourceOrder__Output } from '../../../mlmesh/feature/v1/SourceOrder.ts';

/**
 * Asks for the events of a source in the order in which they become visible, or the examples in the order of their event time.
 */
export interface ReadSourceRequest {
  /**
   * Name of the source.
   */
  'source'?: (string);
  /**
   * Begin, milliseconds since the Unix epoch.
   */
  'fromMs'?: (number | string);
  /**
   * End, not included.
   */
  'untilMs'?: (number | string);
  /**
   * Which time the interval and the order go by.
   */
  'order'?: (_mlmesh_feature_v1_SourceOrder);
}

/**
 * Asks for the events of a source in the order in which they become visible, or the examples in the order of their event time.
 */
export interface ReadSourceRequest__Output {
  /**
   * Name of the source.
   */
  'source': (string);
  /**
   * Begin, milliseconds since the Unix epoch.
   */
  'fromMs': (number);
  /**
   * End, not included.
   */
  'untilMs': (number);
  /**
   * Which time the interval and the order go by.
   */
  'order': (_mlmesh_feature_v1_SourceOrder__Output);
}
