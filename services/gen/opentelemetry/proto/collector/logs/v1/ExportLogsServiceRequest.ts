// Original file: proto/opentelemetry/proto/collector/logs/v1/logs_service.proto

import type { ResourceLogs as _opentelemetry_proto_logs_v1_ResourceLogs, ResourceLogs__Output as _opentelemetry_proto_logs_v1_ResourceLogs__Output } from '../../../../../opentelemetry/proto/logs/v1/ResourceLogs.ts';

/**
 * A batch of log records.
 */
export interface ExportLogsServiceRequest {
  /**
   * By process.
   */
  'resourceLogs'?: (_opentelemetry_proto_logs_v1_ResourceLogs)[];
}

/**
 * A batch of log records.
 */
export interface ExportLogsServiceRequest__Output {
  /**
   * By process.
   */
  'resourceLogs': (_opentelemetry_proto_logs_v1_ResourceLogs__Output)[];
}
