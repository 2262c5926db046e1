// Original file: proto/opentelemetry/proto/metrics/v1/metrics.proto

/**
 * Since when a point counts.
 */
export const AggregationTemporality = {
  /**
   * Not said.
   */
  AGGREGATION_TEMPORALITY_UNSPECIFIED: 'AGGREGATION_TEMPORALITY_UNSPECIFIED',
  /**
   * Since the point before.
   */
  AGGREGATION_TEMPORALITY_DELTA: 'AGGREGATION_TEMPORALITY_DELTA',
  /**
   * Since the process started.
   */
  AGGREGATION_TEMPORALITY_CUMULATIVE: 'AGGREGATION_TEMPORALITY_CUMULATIVE',
} as const;

/**
 * Since when a point counts.
 */
export type AggregationTemporality =
  /**
   * Not said.
   */
  | 'AGGREGATION_TEMPORALITY_UNSPECIFIED'
  | 0
  /**
   * Since the point before.
   */
  | 'AGGREGATION_TEMPORALITY_DELTA'
  | 1
  /**
   * Since the process started.
   */
  | 'AGGREGATION_TEMPORALITY_CUMULATIVE'
  | 2

/**
 * Since when a point counts.
 */
export type AggregationTemporality__Output = typeof AggregationTemporality[keyof typeof AggregationTemporality]
