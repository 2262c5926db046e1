// Original file: proto/grpc/health/v1/health.proto


/**
 * Asks for the health of all services.
 */
export interface HealthListRequest {
}

/**
 * Asks for the health of all services.
 */
export interface HealthListRequest__Output {
}
