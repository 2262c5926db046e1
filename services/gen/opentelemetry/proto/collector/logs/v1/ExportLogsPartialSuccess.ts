// Original file: proto/opentelemetry/proto/collector/logs/v1/logs_service.proto

import type { Long } from '@grpc/proto-loader';

/**
 * What was not taken.
 */
export interface ExportLogsPartialSuccess {
  /**
   * How much.
   */
  'rejectedLogRecords'?: (number | string | Long);
  /**
   * Why.
   */
  'errorMessage'?: (string);
}

/**
 * What was not taken.
 */
export interface ExportLogsPartialSuccess__Output {
  /**
   * How much.
   */
  'rejectedLogRecords': (string);
  /**
   * Why.
   */
  'errorMessage': (string);
}
