// Original file: proto/opentelemetry/proto/metrics/v1/metrics.proto

import type { KeyValue as _opentelemetry_proto_common_v1_KeyValue, KeyValue__Output as _opentelemetry_proto_common_v1_KeyValue__Output } from '../../../../opentelemetry/proto/common/v1/KeyValue.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Buckets in a row.
 */
export interface _opentelemetry_proto_metrics_v1_ExponentialHistogramDataPoint_Buckets {
  /**
   * Index of the first.
   */
  'offset'?: (number);
  /**
   * Values by bucket.
   */
  'bucketCounts'?: (number | string | Long)[];
}

/**
 * Buckets in a row.
 */
export interface _opentelemetry_proto_metrics_v1_ExponentialHistogramDataPoint_Buckets__Output {
  /**
   * Index of the first.
   */
  'offset': (number);
  /**
   * Values by bucket.
   */
  'bucketCounts': (string)[];
}

/**
 * One distribution with exponential bounds.
 */
export interface ExponentialHistogramDataPoint {
  /**
   * Labels.
   */
  'attributes'?: (_opentelemetry_proto_common_v1_KeyValue)[];
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
   * Base of the bounds is 2^(2^-scale).
   */
  'scale'?: (number);
  /**
   * Values near zero.
   */
  'zeroCount'?: (number | string | Long);
  /**
   * Buckets of values above zero.
   */
  'positive'?: (_opentelemetry_proto_metrics_v1_ExponentialHistogramDataPoint_Buckets | null);
  /**
   * Buckets of values below zero.
   */
  'negative'?: (_opentelemetry_proto_metrics_v1_ExponentialHistogramDataPoint_Buckets | null);
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
  /**
   * What counts as near zero.
   */
  'zeroThreshold'?: (number | string);
  '_sum'?: "sum";
  '_min'?: "min";
  '_max'?: "max";
}

/**
 * One distribution with exponential bounds.
 */
export interface ExponentialHistogramDataPoint__Output {
  /**
   * Labels.
   */
  'attributes': (_opentelemetry_proto_common_v1_KeyValue__Output)[];
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
   * Base of the bounds is 2^(2^-scale).
   */
  'scale': (number);
  /**
   * Values near zero.
   */
  'zeroCount': (string);
  /**
   * Buckets of values above zero.
   */
  'positive': (_opentelemetry_proto_metrics_v1_ExponentialHistogramDataPoint_Buckets__Output | null);
  /**
   * Buckets of values below zero.
   */
  'negative': (_opentelemetry_proto_metrics_v1_ExponentialHistogramDataPoint_Buckets__Output | null);
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
  /**
   * What counts as near zero.
   */
  'zeroThreshold': (number);
  '_sum'?: "sum";
  '_min'?: "min";
  '_max'?: "max";
}
