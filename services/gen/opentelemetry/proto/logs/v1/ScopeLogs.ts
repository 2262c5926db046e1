// Original file: proto/opentelemetry/proto/logs/v1/logs.proto

import type { InstrumentationScope as _opentelemetry_proto_common_v1_InstrumentationScope, InstrumentationScope__Output as _opentelemetry_proto_common_v1_InstrumentationScope__Output } from '../../../../opentelemetry/proto/common/v1/InstrumentationScope.ts';
import type { LogRecord as _opentelemetry_proto_logs_v1_LogRecord, LogRecord__Output as _opentelemetry_proto_logs_v1_LogRecord__Output } from '../../../../opentelemetry/proto/logs/v1/LogRecord.ts';

/**
 * Log records of one scope.
 */
export interface ScopeLogs {
  /**
   * The scope.
   */
  'scope'?: (_opentelemetry_proto_common_v1_InstrumentationScope | null);
  /**
   * Its records.
   */
  'logRecords'?: (_opentelemetry_proto_logs_v1_LogRecord)[];
  /**
   * Schema of the records.
   */
  'schemaUrl'?: (string);
}

/**
 * Log records of one scope.
 */
export interface ScopeLogs__Output {
  /**
   * The scope.
   */
  'scope': (_opentelemetry_proto_common_v1_InstrumentationScope__Output | null);
  /**
   * Its records.
   */
  'logRecords': (_opentelemetry_proto_logs_v1_LogRecord__Output)[];
  /**
   * Schema of the records.
   */
  'schemaUrl': (string);
}
