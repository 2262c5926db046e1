// Original file: proto/opentelemetry/proto/metrics/v1/metrics.proto

import type { Gauge as _opentelemetry_proto_metrics_v1_Gauge, Gauge__Output as _opentelemetry_proto_metrics_v1_Gauge__Output } from '../../../../opentelemetry/proto/metrics/v1/Gauge.ts';
import type { Sum as _opentelemetry_proto_metrics_v1_Sum, Sum__Output as _opentelemetry_proto_metrics_v1_Sum__Output } from '../../../../opentelemetry/proto/metrics/v1/Sum.ts';
import type { Histogram as _opentelemetry_proto_metrics_v1_Histogram, Histogram__Output as _opentelemetry_proto_metrics_v1_Histogram__Output } from '../../../../opentelemetry/proto/metrics/v1/Histogram.ts';
import type { ExponentialHistogram as _opentelemetry_proto_metrics_v1_ExponentialHistogram, ExponentialHistogram__Output as _opentelemetry_proto_metrics_v1_ExponentialHistogram__Output } from '../../../../opentelemetry/proto/metrics/v1/ExponentialHistogram.ts';
import type { Summary as _opentelemetry_proto_metrics_v1_Summary, Summary__Output as _opentelemetry_proto_metrics_v1_Summary__Output } from '../../../../opentelemetry/proto/metrics/v1/Summary.ts';

/**
 * One instrument and its points.
 */
export interface Metric {
  /**
   * Name.
   */
  'name'?: (string);
  /**
   * What it measures.
   */
  'description'?: (string);
  /**
   * UCUM unit.
   */
  'unit'?: (string);
  /**
   * Latest values.
   */
  'gauge'?: (_opentelemetry_proto_metrics_v1_Gauge | null);
  /**
   * Sums.
   */
  'sum'?: (_opentelemetry_proto_metrics_v1_Sum | null);
  /**
   * Distributions with given bounds.
   */
  'histogram'?: (_opentelemetry_proto_metrics_v1_Histogram | null);
  /**
   * Distributions with exponential bounds.
   */
  'exponentialHistogram'?: (_opentelemetry_proto_metrics_v1_ExponentialHistogram | null);
  /**
   * Quantiles made by the sender.
   */
  'summary'?: (_opentelemetry_proto_metrics_v1_Summary | null);
  /**
   * Kind of points.
   */
  'data'?: "gauge"|"sum"|"histogram"|"exponentialHistogram"|"summary";
}

/**
 * One instrument and its points.
 */
export interface Metric__Output {
  /**
   * Name.
   */
  'name': (string);
  /**
   * What it measures.
   */
  'description': (string);
  /**
   * UCUM unit.
   */
  'unit': (string);
  /**
   * Latest values.
   */
  'gauge'?: (_opentelemetry_proto_metrics_v1_Gauge__Output | null);
  /**
   * Sums.
   */
  'sum'?: (_opentelemetry_proto_metrics_v1_Sum__Output | null);
  /**
   * Distributions with given bounds.
   */
  'histogram'?: (_opentelemetry_proto_metrics_v1_Histogram__Output | null);
  /**
   * Distributions with exponential bounds.
   */
  'exponentialHistogram'?: (_opentelemetry_proto_metrics_v1_ExponentialHistogram__Output | null);
  /**
   * Quantiles made by the sender.
   */
  'summary'?: (_opentelemetry_proto_metrics_v1_Summary__Output | null);
  /**
   * Kind of points.
   */
  'data'?: "gauge"|"sum"|"histogram"|"exponentialHistogram"|"summary";
}
