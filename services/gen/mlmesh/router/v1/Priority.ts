// Original file: proto/mlmesh/router/v1/router_service.proto

/**
 * How much a request matters under overload.
 */
export const Priority = {
  /**
   * Normal.
   */
  PRIORITY_UNSPECIFIED: 'PRIORITY_UNSPECIFIED',
  /**
   * Goes before the others, and takes their place where no more can wait.
   */
  PRIORITY_HIGH: 'PRIORITY_HIGH',
  /**
   * Never waits, and is refused before the others are.
   */
  PRIORITY_LOW: 'PRIORITY_LOW',
} as const;

/**
 * How much a request matters under overload.
 */
export type Priority =
  /**
   * Normal.
   */
  | 'PRIORITY_UNSPECIFIED'
  | 0
  /**
   * Goes before the others, and takes their place where no more can wait.
   */
  | 'PRIORITY_HIGH'
  | 1
  /**
   * Never waits, and is refused before the others are.
   */
  | 'PRIORITY_LOW'
  | 2

/**
 * How much a request matters under overload.
 */
export type Priority__Output = typeof Priority[keyof typeof Priority]
