// Original file: proto/mlmesh/feature/v1/feature_service.proto

/**
 * Which time orders the rows of a source.
 */
export const SourceOrder = {
  /**
   * Refused.
   */
  SOURCE_ORDER_UNSPECIFIED: 'SOURCE_ORDER_UNSPECIFIED',
  /**
   * The time from which an event may be seen: its event time plus the delay of the source.
   */
  SOURCE_ORDER_VISIBLE_TIME: 'SOURCE_ORDER_VISIBLE_TIME',
  /**
   * The event time.
   */
  SOURCE_ORDER_EVENT_TIME: 'SOURCE_ORDER_EVENT_TIME',
} as const;

/**
 * Which time orders the rows of a source.
 */
export type SourceOrder =
  /**
   * Refused.
   */
  | 'SOURCE_ORDER_UNSPECIFIED'
  | 0
  /**
   * The time from which an event may be seen: its event time plus the delay of the source.
   */
  | 'SOURCE_ORDER_VISIBLE_TIME'
  | 1
  /**
   * The event time.
   */
  | 'SOURCE_ORDER_EVENT_TIME'
  | 2

/**
 * Which time orders the rows of a source.
 */
export type SourceOrder__Output = typeof SourceOrder[keyof typeof SourceOrder]
