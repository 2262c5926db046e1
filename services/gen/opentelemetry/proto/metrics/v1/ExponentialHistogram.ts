// Original file: proto/opentelemetry/proto/metrics/v1/metrics.proto

import type { ExponentialHistogramDataPoint as _opentelemetry_proto_metrics_v1_ExponentialHistogramDataPoint, ExponentialHistogramDataPoint__Output as _opentelemetry_proto_metrics_v1_ExponentialHistogramDataPoint__Output } from '../../../../opentelemetry/proto/metrics/v1/ExponentialHistogramDataPoint.ts';
import type { AggregationTemporality as _opentelemetry_proto_metrics_v1_AggregationTemporality, AggregationTemporality__Output as _opentelemetry_proto_metrics_v1_AggregationTemporality__Output } from '../../../../opentelemetry/proto/metrics/v1/AggregationTemporality.ts';

/**
 * Distributions with exponential bounds.
 */
export interface ExponentialHistogram {
  /**
   * One point a set of labels.
   */
  'dataPoints'?: (_opentelemetry_proto_metrics_v1_ExponentialHistogramDataPoint)[];
  /**
   * Since when it counts.
   */
  'aggregationTemporality'?: (_opentelemetry_proto_metrics_v1_AggregationTemporality);
}

/**
 * Distributions with exponential bounds.
 */
export interface ExponentialHistogram__Output {
  /**
   * One point a set of labels.
   */
  'dataPoints': (_opentelemetry_proto_metrics_v1_ExponentialHistogramDataPoint__Output)[];
  /**
   * Since when it counts.
   */
  'aggregationTemporality': (_opentelemetry_proto_metrics_v1_AggregationTemporality__Output);
}
