// Original file: proto/opentelemetry/proto/collector/metrics/v1/metrics_service.proto

import type { ExportMetricsPartialSuccess as _opentelemetry_proto_collector_metrics_v1_ExportMetricsPartialSuccess, ExportMetricsPartialSuccess__Output as _opentelemetry_proto_collector_metrics_v1_ExportMetricsPartialSuccess__Output } from '../../../../../opentelemetry/proto/collector/metrics/v1/ExportMetricsPartialSuccess.ts';

/**
 * Says what became of a batch.
 */
export interface ExportMetricsServiceResponse {
  /**
   * What was not taken; absent when all was.
   */
  'partialSuccess'?: (_opentelemetry_proto_collector_metrics_v1_ExportMetricsPartialSuccess | null);
}

/**
 * Says what became of a batch.
 */
export interface ExportMetricsServiceResponse__Output {
  /**
   * What was not taken; absent when all was.
   */
  'partialSuccess': (_opentelemetry_proto_collector_metrics_v1_ExportMetricsPartialSuccess__Output | null);
}
