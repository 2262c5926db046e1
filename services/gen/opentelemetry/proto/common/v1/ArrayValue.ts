// Original file: proto/opentelemetry/proto/common/v1/common.proto

import type { AnyValue as _opentelemetry_proto_common_v1_AnyValue, AnyValue__Output as _opentelemetry_proto_common_v1_AnyValue__Output } from '../../../../opentelemetry/proto/common/v1/AnyValue.ts';

/**
 * Values in order.
 */
export interface ArrayValue {
  /**
   * The values.
   */
  'values'?: (_opentelemetry_proto_common_v1_AnyValue)[];
}

/**
 * Values in order.
 */
export interface ArrayValue__Output {
  /**
   * The values.
   */
  'values': (_opentelemetry_proto_common_v1_AnyValue__Output)[];
}
