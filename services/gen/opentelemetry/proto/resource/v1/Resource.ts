// Original file: proto/opentelemetry/proto/resource/v1/resource.proto

import type { KeyValue as _opentelemetry_proto_common_v1_KeyValue, KeyValue__Output as _opentelemetry_proto_common_v1_KeyValue__Output } from '../../../../opentelemetry/proto/common/v1/KeyValue.ts';

/**
 * The process that the telemetry is about.
 */
export interface Resource {
  /**
   * Its names.
   */
  'attributes'?: (_opentelemetry_proto_common_v1_KeyValue)[];
  /**
   * Attributes left out.
   */
  'droppedAttributesCount'?: (number);
}

/**
 * The process that the telemetry is about.
 */
export interface Resource__Output {
  /**
   * Its names.
   */
  'attributes': (_opentelemetry_proto_common_v1_KeyValue__Output)[];
  /**
   * Attributes left out.
   */
  'droppedAttributesCount': (number);
}
