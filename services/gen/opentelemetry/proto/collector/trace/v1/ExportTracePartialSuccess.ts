// Original file: proto/opentelemetry/proto/collector/trace/v1/trace_service.proto

import type { Long } from '@grpc/proto-loader';

/**
 * What was not taken.
 */
export interface ExportTracePartialSuccess {
  /**
   * How much.
   */
  'rejectedSpans'?: (number | string | Long);
  /**
   * Why.
   */
  'errorMessage'?: (string);
}

/**
 * What was not taken.
 */
export interface ExportTracePartialSuccess__Output {
  /**
   * How much.
   */
  'rejectedSpans': (string);
  /**
   * Why.
   */
  'errorMessage': (string);
}
