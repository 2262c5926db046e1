// Original file: proto/grpc/health/v1/health.proto


/**
 * Asks for the health of a service.
 */
export interface HealthCheckRequest {
  /**
   * Full name of the service; empty means the process.
   */
  'service'?: (string);
}

/**
 * Asks for the health of a service.
 */
export interface HealthCheckRequest__Output {
  /**
   * Full name of the service; empty means the process.
   */
  'service': (string);
}
