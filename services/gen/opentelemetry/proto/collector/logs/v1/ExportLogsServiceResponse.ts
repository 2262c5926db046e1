// Original file: proto/opentelemetry/proto/collector/logs/v1/logs_service.proto

import type { ExportLogsPartialSuccess as _opentelemetry_proto_collector_logs_v1_ExportLogsPartialSuccess, ExportLogsPartialSuccess__Output as _opentelemetry_proto_collector_logs_v1_ExportLogsPartialSuccess__Output } from '../../../../../opentelemetry/proto/collector/logs/v1/ExportLogsPartialSuccess.ts';

/**
 * Says what became of a batch.
 */
export interface ExportLogsServiceResponse {
  /**
   * What was not taken; absent when all was.
   */
  'partialSuccess'?: (_opentelemetry_proto_collector_logs_v1_ExportLogsPartialSuccess | null);
}

/**
 * Says what became of a batch.
 */
export interface ExportLogsServiceResponse__Output {
  /**
   * What was not taken; absent when all was.
   */
  'partialSuccess': (_opentelemetry_proto_collector_logs_v1_ExportLogsPartialSuccess__Output | null);
}
