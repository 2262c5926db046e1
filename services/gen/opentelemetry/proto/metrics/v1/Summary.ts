// Original file: proto/opentelemetry/proto/metrics/v1/metrics.proto

import type { SummaryDataPoint as _opentelemetry_proto_metrics_v1_SummaryDataPoint, SummaryDataPoint__Output as _opentelemetry_proto_metrics_v1_SummaryDataPoint__Output } from '../../../../opentelemetry/proto/metrics/v1/SummaryDataPoint.ts';

/**
 * Quantiles made by the sender.
 */
export interface Summary {
  /**
   * One point a set of labels.
   */
  'dataPoints'?: (_opentelemetry_proto_metrics_v1_SummaryDataPoint)[];
}

/**
 * Quantiles made by the sender.
 */
export interface Summary__Output {
  /**
   * One point a set of labels.
   */
  'dataPoints': (_opentelemetry_proto_metrics_v1_SummaryDataPoint__Output)[];
}
