// Original file: proto/mlmesh/monitor/v1/monitor_service.proto

/**
 * How bad an alert is.
 */
export const Severity = {
  /**
   * Never sent.
   */
  SEVERITY_UNSPECIFIED: 'SEVERITY_UNSPECIFIED',
  /**
   * Look at it in working hours.
   */
  SEVERITY_TICKET: 'SEVERITY_TICKET',
  /**
   * Wake somebody.
   */
  SEVERITY_PAGE: 'SEVERITY_PAGE',
} as const;

/**
 * How bad an alert is.
 */
export type Severity =
  /**
   * Never sent.
   */
  | 'SEVERITY_UNSPECIFIED'
  | 0
  /**
   * Look at it in working hours.
   */
  | 'SEVERITY_TICKET'
  | 1
  /**
   * Wake somebody.
   */
  | 'SEVERITY_PAGE'
  | 2

/**
 * How bad an alert is.
 */
export type Severity__Output = typeof Severity[keyof typeof Severity]
