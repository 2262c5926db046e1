// Original file: proto/opentelemetry/proto/metrics/v1/metrics.proto

import type { KeyValue as _opentelemetry_proto_common_v1_KeyValue, KeyValue__Output as _opentelemetry_proto_common_v1_KeyValue__Output } from '../../../../opentelemetry/proto/common/v1/KeyValue.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * One distribution with given bounds.
 */
export interface HistogramDataPoint {
  /**
   * Nanoseconds since the Unix epoch.
   */
  'startTimeUnixNano'?: (number | string | Long);
  /**
   * Nanoseconds since the Unix epoch.
   */
  'timeUnixNano'?: (number | string | Long);
  /**
   * Values.
   */
  'count'?: (number | string | Long);
  /**
   * Their sum.
   */
  'sum'?: (number | string);
  /**
   * Values by bucket, one more than bounds.
   */
  'bucketCounts'?: (number | string | Long)[];
  /**
   * Upper bounds of the buckets, ascending.
   */
  'explicitBounds'?: (number | string)[];
  /**
   * Labels.
   */
  'attributes'?: (_opentelemetry_proto_common_v1_KeyValue)[];
  /**
   * Whether there is a value.
   */
  'flags'?: (number);
  /**
   * Smallest value.
   */
  'min'?: (number | string);
  /**
   * Largest value.
   */
  'max'?: (number | string);
  '_sum'?: "sum";
  '_min'?: "min";
  '_max'?: "max";
}

/**
 * One distribution with given bounds.
 */
export interface HistogramDataPoint__Output {
  /**
   * Nanoseconds since the Unix epoch.
   */
  'startTimeUnixNano': (string);
  /**
   * Nanoseconds since the Unix epoch.
   */
  'timeUnixNano': (string);
  /**
   * Values.
   */
  'count': (string);
  /**
   * Their sum.
   */
  'sum'?: (number);
  /**
   * Values by bucket, one more than bounds.
   */
  'bucketCounts': (string)[];
  /**
   * Upper bounds of the buckets, ascending.
   */
  'explicitBounds': (number)[];
  /**
   * Labels.
   */
  'attributes': (_opentelemetry_proto_common_v1_KeyValue__Output)[];
  /**
   * Whether there is a value.
   */
  'flags': (number);
  /**
   * Smallest value.
   */
  'min'?: (number);
  /**
   * Largest value.
   */
  'max'?: (number);
  '_sum'?: "sum";
  '_min'?: "min";
  '_max'?: "max";
}
