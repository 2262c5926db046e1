// Original file: proto/opentelemetry/proto/metrics/v1/metrics.proto

import type { Resource as _opentelemetry_proto_resource_v1_Resource, Resource__Output as _opentelemetry_proto_resource_v1_Resource__Output } from '../../../../opentelemetry/proto/resource/v1/Resource.ts';
import type { ScopeMetrics as _opentelemetry_proto_metrics_v1_ScopeMetrics, ScopeMetrics__Output as _opentelemetry_proto_metrics_v1_ScopeMetrics__Output } from '../../../../opentelemetry/proto/metrics/v1/ScopeMetrics.ts';

/**
 * Metrics of one process.
 */
export interface ResourceMetrics {
  /**
   * The process.
   */
  'resource'?: (_opentelemetry_proto_resource_v1_Resource | null);
  /**
   * Its metrics.
   */
  'scopeMetrics'?: (_opentelemetry_proto_metrics_v1_ScopeMetrics)[];
  /**
   * Schema of the resource.
   */
  'schemaUrl'?: (string);
}

/**
 * Metrics of one process.
 */
export interface ResourceMetrics__Output {
  /**
   * The process.
   */
  'resource': (_opentelemetry_proto_resource_v1_Resource__Output | null);
  /**
   * Its metrics.
   */
  'scopeMetrics': (_opentelemetry_proto_metrics_v1_ScopeMetrics__Output)[];
  /**
   * Schema of the resource.
   */
  'schemaUrl': (string);
}
