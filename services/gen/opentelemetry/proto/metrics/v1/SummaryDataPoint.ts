// Original file: proto/opentelemetry/proto/metrics/v1/metrics.proto

import type { KeyValue as _opentelemetry_proto_common_v1_KeyValue, KeyValue__Output as _opentelemetry_proto_common_v1_KeyValue__Output } from '../../../../opentelemetry/proto/common/v1/KeyValue.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * One quantile.
 */
export interface _opentelemetry_proto_metrics_v1_SummaryDataPoint_ValueAtQuantile {
  /**
   * From 0 to 1.
   */
  'quantile'?: (number | string);
  /**
   * Value there.
   */
  'value'?: (number | string);
}

/**
 * One quantile.
 */
export interface _opentelemetry_proto_metrics_v1_SummaryDataPoint_ValueAtQuantile__Output {
  /**
   * From 0 to 1.
   */
  'quantile': (number);
  /**
   * Value there.
   */
  'value': (number);
}

/**
 * One set of quantiles.
 */
export interface SummaryDataPoint {
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
   * Quantiles.
   */
  'quantileValues'?: (_opentelemetry_proto_metrics_v1_SummaryDataPoint_ValueAtQuantile)[];
  /**
   * Labels.
   */
  'attributes'?: (_opentelemetry_proto_common_v1_KeyValue)[];
  /**
   * Whether there is a value.
   */
  'flags'?: (number);
}

/**
 * One set of quantiles.
 */
export interface SummaryDataPoint__Output {
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
  'sum': (number);
  /**
   * Quantiles.
   */
  'quantileValues': (_opentelemetry_proto_metrics_v1_SummaryDataPoint_ValueAtQuantile__Output)[];
  /**
   * Labels.
   */
  'attributes': (_opentelemetry_proto_common_v1_KeyValue__Output)[];
  /**
   * Whether there is a value.
   */
  'flags': (number);
}
