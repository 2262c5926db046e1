// Original file: proto/opentelemetry/proto/common/v1/common.proto

import type { KeyValue as _opentelemetry_proto_common_v1_KeyValue, KeyValue__Output as _opentelemetry_proto_common_v1_KeyValue__Output } from '../../../../opentelemetry/proto/common/v1/KeyValue.ts';

/**
 * What made the telemetry.
 */
export interface InstrumentationScope {
  /**
   * Name.
   */
  'name'?: (string);
  /**
   * Version.
   */
  'version'?: (string);
  /**
   * What else is known of it.
   */
  'attributes'?: (_opentelemetry_proto_common_v1_KeyValue)[];
  /**
   * Attributes left out.
   */
  'droppedAttributesCount'?: (number);
}

/**
 * What made the telemetry.
 */
export interface InstrumentationScope__Output {
  /**
   * Name.
   */
  'name': (string);
  /**
   * Version.
   */
  'version': (string);
  /**
   * What else is known of it.
   */
  'attributes': (_opentelemetry_proto_common_v1_KeyValue__Output)[];
  /**
   * Attributes left out.
   */
  'droppedAttributesCount': (number);
}
