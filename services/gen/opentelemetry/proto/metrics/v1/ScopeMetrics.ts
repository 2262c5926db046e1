// Original file: proto/opentelemetry/proto/metrics/v1/metrics.proto

import type { InstrumentationScope as _opentelemetry_proto_common_v1_InstrumentationScope, InstrumentationScope__Output as _opentelemetry_proto_common_v1_InstrumentationScope__Output } from '../../../../opentelemetry/proto/common/v1/InstrumentationScope.ts';
import type { Metric as _opentelemetry_proto_metrics_v1_Metric, Metric__Output as _opentelemetry_proto_metrics_v1_Metric__Output } from '../../../../opentelemetry/proto/metrics/v1/Metric.ts';

/**
 * Metrics of one scope.
 */
export interface ScopeMetrics {
  /**
   * The scope.
   */
  'scope'?: (_opentelemetry_proto_common_v1_InstrumentationScope | null);
  /**
   * Its metrics.
   */
  'metrics'?: (_opentelemetry_proto_metrics_v1_Metric)[];
  /**
   * Schema of the metrics.
   */
  'schemaUrl'?: (string);
}

/**
 * Metrics of one scope.
 */
export interface ScopeMetrics__Output {
  /**
   * The scope.
   */
  'scope': (_opentelemetry_proto_common_v1_InstrumentationScope__Output | null);
  /**
   * Its metrics.
   */
  'metrics': (_opentelemetry_proto_metrics_v1_Metric__Output)[];
  /**
   * Schema of the metrics.
   */
  'schemaUrl': (string);
}
