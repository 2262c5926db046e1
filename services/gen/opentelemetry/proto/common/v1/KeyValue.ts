// Original file: proto/opentelemetry/proto/common/v1/common.proto

import type { AnyValue as _opentelemetry_proto_common_v1_AnyValue, AnyValue__Output as _opentelemetry_proto_common_v1_AnyValue__Output } from '../../../../opentelemetry/proto/common/v1/AnyValue.ts';

/**
 * A name and its value.
 */
export interface KeyValue {
  /**
   * Name.
   */
  'key'?: (string);
  /**
   * Value.
   */
  'value'?: (_opentelemetry_proto_common_v1_AnyValue | null);
}

/**
 * A name and its value.
 */
export interface KeyValue__Output {
  /**
   * Name.
   */
  'key': (string);
  /**
   * Value.
   */
  'value': (_opentelemetry_proto_common_v1_AnyValue__Output | null);
}
