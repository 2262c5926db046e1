// Original file: proto/opentelemetry/proto/logs/v1/logs.proto

import type { Resource as _opentelemetry_proto_resource_v1_Resource, Resource__Output as _opentelemetry_proto_resource_v1_Resource__Output } from '../../../../opentelemetry/proto/resource/v1/Resource.ts';
import type { ScopeLogs as _opentelemetry_proto_logs_v1_ScopeLogs, ScopeLogs__Output as _opentelemetry_proto_logs_v1_ScopeLogs__Output } from '../../../../opentelemetry/proto/logs/v1/ScopeLogs.ts';

/**
 * Log records of one process.
 */
export interface ResourceLogs {
  /**
   * The process.
   */
  'resource'?: (_opentelemetry_proto_resource_v1_Resource | null);
  /**
   * Its records.
   */
  'scopeLogs'?: (_opentelemetry_proto_logs_v1_ScopeLogs)[];
  /**
   * Schema of the resource.
   */
  'schemaUrl'?: (string);
}

/**
 * Log records of one process.
 */
export interface ResourceLogs__Output {
  /**
   * The process.
   */
  'resource': (_opentelemetry_proto_resource_v1_Resource__Output | null);
  /**
   * Its records.
   */
  'scopeLogs': (_opentelemetry_proto_logs_v1_ScopeLogs__Output)[];
  /**
   * Schema of the resource.
   */
  'schemaUrl': (string);
}
