// Original file: proto/opentelemetry/proto/metrics/v1/metrics.proto

import type { NumberDataPoint as _opentelemetry_proto_metrics_v1_NumberDataPoint, NumberDataPoint__Output as _opentelemetry_proto_metrics_v1_NumberDataPoint__Output } from '../../../../opentelemetry/proto/metrics/v1/NumberDataPoint.ts';
import type { AggregationTemporality as _opentelemetry_proto_metrics_v1_AggregationTemporality, AggregationTemporality__Output as _opentelemetry_proto_metrics_v1_AggregationTemporality__Output } from '../../../../opentelemetry/proto/metrics/v1/AggregationTemporality.ts';

/**
 * Sums.
 */
export interface Sum {
  /**
   * One point a set of labels.
   */
  'dataPoints'?: (_opentelemetry_proto_metrics_v1_NumberDataPoint)[];
  /**
   * Since when it sums.
   */
  'aggregationTemporality'?: (_opentelemetry_proto_metrics_v1_AggregationTemporality);
  /**
   * Whether it never falls.
   */
  'isMonotonic'?: (boolean);
}

/**
 * Sums.
 */
export interface Sum__Output {
  /**
   * One point a set of labels.
   */
  'dataPoints': (_opentelemetry_proto_metrics_v1_NumberDataPoint__Output)[];
  /**
   * Since when it sums.
   */
  'aggregationTemporality': (_opentelemetry_proto_metrics_v1_AggregationTemporality__Output);
  /**
   * Whether it never falls.
   */
  'isMonotonic': (boolean);
}
