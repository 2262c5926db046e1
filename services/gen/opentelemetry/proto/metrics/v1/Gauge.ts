// Original file: proto/opentelemetry/proto/metrics/v1/metrics.proto

import type { NumberDataPoint as _opentelemetry_proto_metrics_v1_NumberDataPoint, NumberDataPoint__Output as _opentelemetry_proto_metrics_v1_NumberDataPoint__Output } from '../../../../opentelemetry/proto/metrics/v1/NumberDataPoint.ts';

/**
 * Latest values.
 */
export interface Gauge {
  /**
   * One point a set of labels.
   */
  'dataPoints'?: (_opentelemetry_proto_metrics_v1_NumberDataPoint)[];
}

/**
 * Latest values.
 */
export interface Gauge__Output {
  /**
   * One point a set of labels.
   */
  'dataPoints': (_opentelemetry_proto_metrics_v1_NumberDataPoint__Output)[];
}
