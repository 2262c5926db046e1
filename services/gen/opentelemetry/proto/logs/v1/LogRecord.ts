// Original file: proto/opentelemetry/proto/logs/v1/logs.proto

import type { AnyValue as _opentelemetry_proto_common_v1_AnyValue, AnyValue__Output as _opentelemetry_proto_common_v1_AnyValue__Output } from '../../../../opentelemetry/proto/common/v1/AnyValue.ts';
import type { KeyValue as _opentelemetry_proto_common_v1_KeyValue, KeyValue__Output as _opentelemetry_proto_common_v1_KeyValue__Output } from '../../../../opentelemetry/proto/common/v1/KeyValue.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * One event.
 */
export interface LogRecord {
  /**
   * Nanoseconds since the Unix epoch.
   */
  'timeUnixNano'?: (number | string | Long);
  /**
   * How much it matters: 5 debug, 9 info, 13 warn, 17 error.
   */
  'severityNumber'?: (number);
  /**
   * The same as text.
   */
  'severityText'?: (string);
  /**
   * What happened.
   */
  'body'?: (_opentelemetry_proto_common_v1_AnyValue | null);
  /**
   * What else is known of it.
   */
  'attributes'?: (_opentelemetry_proto_common_v1_KeyValue)[];
  /**
   * Attributes left out.
   */
  'droppedAttributesCount'?: (number);
  /**
   * Trace flags in the low 8 bits.
   */
  'flags'?: (number);
  /**
   * 16 bytes, or empty.
   */
  'traceId'?: (Buffer | Uint8Array | string);
  /**
   * 8 bytes, or empty.
   */
  'spanId'?: (Buffer | Uint8Array | string);
  /**
   * When it was seen, nanoseconds since the Unix epoch.
   */
  'observedTimeUnixNano'?: (number | string | Long);
  /**
   * Name of the event.
   */
  'eventName'?: (string);
}

/**
 * One event.
 */
export interface LogRecord__Output {
  /**
   * Nanoseconds since the Unix epoch.
   */
  'timeUnixNano': (string);
  /**
   * How much it matters: 5 debug, 9 info, 13 warn, 17 error.
   */
  'severityNumber': (number);
  /**
   * The same as text.
   */
  'severityText': (string);
  /**
   * What happened.
   */
  'body': (_opentelemetry_proto_common_v1_AnyValue__Output | null);
  /**
   * What else is known of it.
   */
  'attributes': (_opentelemetry_proto_common_v1_KeyValue__Output)[];
  /**
   * Attributes left out.
   */
  'droppedAttributesCount': (number);
  /**
   * Trace flags in the low 8 bits.
   */
  'flags': (number);
  /**
   * 16 bytes, or empty.
   */
  'traceId': (Buffer);
  /**
   * 8 bytes, or empty.
   */
  'spanId': (Buffer);
  /**
   * When it was seen, nanoseconds since the Unix epoch.
   */
  'observedTimeUnixNano': (string);
  /**
   * Name of the event.
   */
  'eventName': (string);
}
