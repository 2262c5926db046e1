// Original file: proto/grpc/health/v1/health.proto


// Original file: proto/grpc/health/v1/health.proto

/**
 * State of a service.
 */
export const _grpc_health_v1_HealthCheckResponse_ServingStatus = {
  /**
   * Never sent.
   */
  UNKNOWN: 'UNKNOWN',
  /**
   * It takes calls.
   */
  SERVING: 'SERVING',
  /**
   * It takes none, for now or for good.
   */
  NOT_SERVING: 'NOT_SERVING',
  /**
   * Sent by Watch only: nobody knows the service.
   */
  SERVICE_UNKNOWN: 'SERVICE_UNKNOWN',
} as const;

/**
 * State of a service.
 */
export type _grpc_health_v1_HealthCheckResponse_ServingStatus =
  /**
   * Never sent.
   */
  | 'UNKNOWN'
  | 0
  /**
   * It takes calls.
   */
  | 'SERVING'
  | 1
  /**
   * It takes none, for now or for good.
   */
  | 'NOT_SERVING'
  | 2
  /**
   * Sent by Watch only: nobody knows the service.
   */
  | 'SERVICE_UNKNOWN'
  | 3

/**
 * State of a service.
 */
export type _grpc_health_v1_HealthCheckResponse_ServingStatus__Output = typeof _grpc_health_v1_HealthCheckResponse_ServingStatus[keyof typeof _grpc_health_v1_HealthCheckResponse_ServingStatus]

/**
 * Gives the health of a service.
 */
export interface HealthCheckResponse {
  /**
   * State now.
   */
  'status'?: (_grpc_health_v1_HealthCheckResponse_ServingStatus);
}

/**
 * Gives the health of a service.
 */
export interface HealthCheckResponse__Output {
  /**
   * State now.
   */
  'status': (_grpc_health_v1_HealthCheckResponse_ServingStatus__Output);
}
