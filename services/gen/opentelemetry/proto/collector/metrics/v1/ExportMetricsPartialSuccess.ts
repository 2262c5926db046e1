// Original file: proto/opentelemetry/proto/collector/metrics/v1/metrics_service.proto

import type { Long } from '@grpc/proto-loader';

/**
 * What was not taken.
 */
export interface ExportMetricsPartialSuccess {
  /**
   * How much.
   */
  'rejectedDataPoints'?: (number | string | Long);
  /**
   * Why.
   */
  'errorMessage'?: (string);
}

/**
 * What was not taken.
 */
export interface ExportMetricsPartialSuccess__Output {
  /**
   * How much.
   */
  'rejectedDataPoints': (string);
  /**
   * Why.
   */
  'errorMessage': (string);
}
