// Original file: proto/google/rpc/status.proto

import type { Any as _google_protobuf_Any, Any__Output as _google_protobuf_Any__Output } from '../../google/protobuf/Any.ts';

/**
 * An error as it travels in the trailer `grpc-status-details-bin`.
 */
export interface Status {
  /**
   * Canonical gRPC status code.
   */
  'code'?: (number);
  /**
   * What was wanted, what came and what to do.
   */
  'message'?: (string);
  /**
   * ErrorInfo, BadRequest and RetryInfo.
   */
  'details'?: (_google_protobuf_Any)[];
}

/**
 * An error as it travels in the trailer `grpc-status-details-bin`.
 */
export interface Status__Output {
  /**
   * Canonical gRPC status code.
   */
  'code': (number);
  /**
   * What was wanted, what came and what to do.
   */
  'message': (string);
  /**
   * ErrorInfo, BadRequest and RetryInfo.
   */
  'details': (_google_protobuf_Any__Output)[];
}
