// Original file: proto/opentelemetry/proto/trace/v1/trace.proto

import type { Resource as _opentelemetry_proto_resource_v1_Resource, Resource__Output as _opentelemetry_proto_resource_v1_Resource__Output } from '../../../../opentelemetry/proto/resource/v1/Resource.ts';
import type { ScopeSpans as _opentelemetry_proto_trace_v1_ScopeSpans, ScopeSpans__Output as _opentelemetry_proto_trace_v1_ScopeSpans__Output } from '../../../../opentelemetry/proto/trace/v1/ScopeSpans.ts';

/**
 * Spans of one process.
 */
export interface ResourceSpans {
  /**
   * The process.
   */
  'resource'?: (_opentelemetry_proto_resource_v1_Resource | null);
  /**
   * Its spans.
   */
  'scopeSpans'?: (_opentelemetry_proto_trace_v1_ScopeSpans)[];
  /**
   * Schema of the resource.
   */
  'schemaUrl'?: (string);
}

/**
 * Spans of one process.
 */
export interface ResourceSpans__Output {
  /**
   * The process.
   */
  'resource': (_opentelemetry_proto_resource_v1_Resource__Output | null);
  /**
   * Its spans.
   */
  'scopeSpans': (_opentelemetry_proto_trace_v1_ScopeSpans__Output)[];
  /**
   * Schema of the resource.
   */
  'schemaUrl': (string);
}
