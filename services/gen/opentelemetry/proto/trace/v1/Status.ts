// Original file: proto/opentelemetry/proto/trace/v1/trace.proto


// Original file: proto/opentelemetry/proto/trace/v1/trace.proto

/**
 * Whether a span failed.
 */
export const _opentelemetry_proto_trace_v1_Status_StatusCode = {
  /**
   * Not said.
   */
  STATUS_CODE_UNSET: 'STATUS_CODE_UNSET',
  /**
   * It did not.
   */
  STATUS_CODE_OK: 'STATUS_CODE_OK',
  /**
   * It did.
   */
  STATUS_CODE_ERROR: 'STATUS_CODE_ERROR',
} as const;

/**
 * Whether a span failed.
 */
export type _opentelemetry_proto_trace_v1_Status_StatusCode =
  /**
   * Not said.
   */
  | 'STATUS_CODE_UNSET'
  | 0
  /**
   * It did not.
   */
  | 'STATUS_CODE_OK'
  | 1
  /**
   * It did.
   */
  | 'STATUS_CODE_ERROR'
  | 2

/**
 * Whether a span failed.
 */
export type _opentelemetry_proto_trace_v1_Status_StatusCode__Output = typeof _opentelemetry_proto_trace_v1_Status_StatusCode[keyof typeof _opentelemetry_proto_trace_v1_Status_StatusCode]

/**
 * How a span ended.
 */
export interface Status {
  /**
   * Why it failed.
   */
  'message'?: (string);
  /**
   * Whether it failed.
   */
  'code'?: (_opentelemetry_proto_trace_v1_Status_StatusCode);
}

/**
 * How a span ended.
 */
export interface Status__Output {
  /**
   * Why it failed.
   */
  'message': (string);
  /**
   * Whether it failed.
   */
  'code': (_opentelemetry_proto_trace_v1_Status_StatusCode__Output);
}
