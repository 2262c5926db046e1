// Original file: proto/mlmesh/registry/v1/registry_service.proto


/**
 * How far a verification is, or a fault that it found.
 */
export interface VerifyLogResponse {
  /**
   * Events verified so far.
   */
  'events'?: (number | string);
  /**
   * Blobs verified so far.
   */
  'blobs'?: (number | string);
  /**
   * Signatures verified so far.
   */
  'signatures'?: (number | string);
  /**
   * Hash of the last event that was verified, 64 hexadecimal digits.
   */
  'hash'?: (string);
  /**
   * What does not hold, in words; empty when this message only says how far it is.
   */
  'fault'?: (string);
  /**
   * Whether this is the last message.
   */
  'isDone'?: (boolean);
}

/**
 * How far a verification is, or a fault that it found.
 */
export interface VerifyLogResponse__Output {
  /**
   * Events verified so far.
   */
  'events': (number);
  /**
   * Blobs verified so far.
   */
  'blobs': (number);
  /**
   * Signatures verified so far.
   */
  'signatures': (number);
  /**
   * Hash of the last event that was verified, 64 hexadecimal digits.
   */
  'hash': (string);
  /**
   * What does not hold, in words; empty when this message only says how far it is.
   */
  'fault': (string);
  /**
   * Whether this is the last message.
   */
  'isDone': (boolean);
}
