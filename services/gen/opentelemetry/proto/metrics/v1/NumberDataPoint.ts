// Original file: proto/opentelemetry/proto/metrics/v1/metrics.proto

import type { KeyValue as _opentelemetry_proto_common_v1_KeyValue, KeyValue__Output as _opentelemetry_proto_common_v1_KeyValue__Output } from '../../../../opentelemetry/proto/common/v1/KeyValue.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * One number.
 */
export interface NumberDataPoint {
  /**
   * Nanoseconds since the Unix epoch.
   */
  'startTimeUnixNano'?: (number | string | Long);
  /**
   * Nanoseconds since the Unix epoch.
   */
  'timeUnixNano'?: (number | string | Long);
  /**
   * As a double.
   */
  'asDouble'?: (number | string);
  /**
   * As an integer.
   */
  'asInt'?: (number | string | Long);
  /**
   * Labels.
   */
  'attributes'?: (_opentelemetry_proto_common_v1_KeyValue)[];
  /**
   * Whether there is a value.
   */
  'flags'?: (number);
  /**
   * The number.
   */
  'value'?: "asDouble"|"asInt";
}

/**
 * One number.
 */
export interface NumberDataPoint__Output {
  /**
   * Nanoseconds since the Unix epoch.
   */
  'startTimeUnixNano': (string);
  /**
   * Nanoseconds since the Unix epoch.
   */
  'timeUnixNano': (string);
  /**
   * As a double.
   */
  'asDouble'?: (number);
  /**
   * As an integer.
   */
  'asInt'?: (string);
  /**
   * Labels.
   */
  'attributes': (_opentelemetry_proto_common_v1_KeyValue__Output)[];
  /**
   * Whether there is a value.
   */
  'flags': (number);
  /**
   * The number.
   */
  'value'?: "asDouble"|"asInt";
}
