// Original file: proto/google/rpc/error_details.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

/**
 * When to ask again.
 */
export interface RetryInfo {
  /**
   * Least delay before the next try.
   */
  'retryDelay'?: (_google_protobuf_Duration | null);
}

/**
 * When to ask again.
 */
export interface RetryInfo__Output {
  /**
   * Least delay before the next try.
   */
  'retryDelay': (_google_protobuf_Duration__Output | null);
}
