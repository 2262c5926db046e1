// Original file: proto/opentelemetry/proto/collector/trace/v1/trace_service.proto

import type { ExportTracePartialSuccess as _opentelemetry_proto_collector_trace_v1_ExportTracePartialSuccess, ExportTracePartialSuccess__Output as _opentelemetry_proto_collector_trace_v1_ExportTracePartialSuccess__Output } from '../../../../../opentelemetry/proto/collector/trace/v1/ExportTracePartialSuccess.ts';

/**
 * Says what became of a batch.
 */
export interface ExportTraceServiceResponse {
  /**
   * What was not taken; absent when all was.
   */
  'partialSuccess'?: (_opentelemetry_proto_collector_trace_v1_ExportTracePartialSuccess | null);
}

/**
 * Says what became of a batch.
 */
export interface ExportTraceServiceResponse__Output {
  /**
   * What was not taken; absent when all was.
   */
  'partialSuccess': (_opentelemetry_proto_collector_trace_v1_ExportTracePartialSuccess__Output | null);
}
