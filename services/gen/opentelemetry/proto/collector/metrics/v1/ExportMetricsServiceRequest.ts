// Original file: proto/opentelemetry/proto/collector/metrics/v1/metrics_service.proto

import type { ResourceMetrics as _opentelemetry_proto_metrics_v1_ResourceMetrics, ResourceMetrics__Output as _opentelemetry_proto_metrics_v1_ResourceMetrics__Output } from '../../../../../opentelemetry/proto/metrics/v1/ResourceMetrics.ts';

/**
 * A batch of data points.
 */
export interface ExportMetricsServiceRequest {
  /**
   * By process.
   */
  'resourceMetrics'?: (_opentelemetry_proto_metrics_v1_ResourceMetrics)[];
}

/**
 * A batch of data points.
 */
export interface ExportMetricsServiceRequest__Output {
  /**
   * By process.
   */
  'resourceMetrics': (_opentelemetry_proto_metrics_v1_ResourceMetrics__Output)[];
}
