// Original file: proto/mlmesh/router/v1/router_service.proto

/**
 * What is made to hang.
 */
export const Fault = {
  /**
   * Nothing.
   */
  FAULT_UNSPECIFIED: 'FAULT_UNSPECIFIED',
  /**
   * The model: it never answers.
   */
  FAULT_MODEL_HANGS: 'FAULT_MODEL_HANGS',
  /**
   * The model and the fallback model.
   */
  FAULT_MODEL_AND_FALLBACK_HANG: 'FAULT_MODEL_AND_FALLBACK_HANG',
} as const;

/**
 * What is made to hang.
 */
export type Fault =
  /**
   * Nothing.
   */
  | 'FAULT_UNSPECIFIED'
  | 0
  /**
   * The model: it never answers.
   */
  | 'FAULT_MODEL_HANGS'
  | 1
  /**
   * The model and the fallback model.
   */
  | 'FAULT_MODEL_AND_FALLBACK_HANG'
  | 2

/**
 * What is made to hang.
 */
export type Fault__Output = typeof Fault[keyof typeof Fault]
