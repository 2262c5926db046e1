// Original file: proto/opentelemetry/proto/metrics/v1/metrics.proto

import type { HistogramDataPoint as _opentelemetry_proto_metrics_v1_HistogramDataPoint, HistogramDataPoint__Output as _opentelemetry_proto_metrics_v1_HistogramDataPoint__Output } from '../../../../opentelemetry/proto/metrics/v1/HistogramDataPoint.ts';
import type { AggregationTemporality as _opentelemetry_proto_metrics_v1_AggregationTemporality, AggregationTemporality__Output as _opentelemetry_proto_metrics_v1_AggregationTemporality__Output } from '../../../../opentelemetry/proto/metrics/v1/AggregationTemporality.ts';

/**
 * Distributions with given bounds.
 */
export interface Histogram {
  /**
   * One point a set of labels.
   */
  'dataPoints'?: (_opentelemetry_proto_metrics_v1_HistogramDataPoint)[];
  /**
   * Since when it counts.
   */
  'aggregationTemporality'?: (_opentelemetry_proto_metrics_v1_AggregationTemporality);
}

/**
 * Distributions with given bounds.
 */
export interface Histogram__Output {
  /**
   * One point a set of labels.
   */
  'dataPoints': (_opentelemetry_proto_metrics_v1_HistogramDataPoint__Output)[];
  /**
   * Since when it counts.
   */
  'aggregationTemporality': (_opentelemetry_proto_metrics_v1_AggregationTemporality__Output);
}
