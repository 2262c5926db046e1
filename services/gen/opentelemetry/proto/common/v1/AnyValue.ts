// Original file: proto/opentelemetry/proto/common/v1/common.proto

import type { ArrayValue as _opentelemetry_proto_common_v1_ArrayValue, ArrayValue__Output as _opentelemetry_proto_common_v1_ArrayValue__Output } from '../../../../opentelemetry/proto/common/v1/ArrayValue.ts';
import type { KeyValueList as _opentelemetry_proto_common_v1_KeyValueList, KeyValueList__Output as _opentelemetry_proto_common_v1_KeyValueList__Output } from '../../../../opentelemetry/proto/common/v1/KeyValueList.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * A value of an attribute or the body of a log record.
 */
export interface AnyValue {
  /**
   * UTF-8.
   */
  'stringValue'?: (string);
  /**
   * True or false.
   */
  'boolValue'?: (boolean);
  /**
   * Integer.
   */
  'intValue'?: (number | string | Long);
  /**
   * Any double.
   */
  'doubleValue'?: (number | string);
  /**
   * Values in order.
   */
  'arrayValue'?: (_opentelemetry_proto_common_v1_ArrayValue | null);
  /**
   * Named values.
   */
  'kvlistValue'?: (_opentelemetry_proto_common_v1_KeyValueList | null);
  /**
   * Bytes.
   */
  'bytesValue'?: (Buffer | Uint8Array | string);
  /**
   * Which kind it is; unset means empty.
   */
  'value'?: "stringValue"|"boolValue"|"intValue"|"doubleValue"|"arrayValue"|"kvlistValue"|"bytesValue";
}

/**
 * A value of an attribute or the body of a log record.
 */
export interface AnyValue__Output {
  /**
   * UTF-8.
   */
  'stringValue'?: (string);
  /**
   * True or false.
   */
  'boolValue'?: (boolean);
  /**
   * Integer.
   */
  'intValue'?: (string);
  /**
   * Any double.
   */
  'doubleValue'?: (number);
  /**
   * Values in order.
   */
  'arrayValue'?: (_opentelemetry_proto_common_v1_ArrayValue__Output | null);
  /**
   * Named values.
   */
  'kvlistValue'?: (_opentelemetry_proto_common_v1_KeyValueList__Output | null);
  /**
   * Bytes.
   */
  'bytesValue'?: (Buffer);
  /**
   * Which kind it is; unset means empty.
   */
  'value'?: "stringValue"|"boolValue"|"intValue"|"doubleValue"|"arrayValue"|"kvlistValue"|"bytesValue";
}
