// Original file: proto/mlmesh/common/v1/value.proto

/**
 * Who gave an answer.
 */
export const Tier = {
  /**
   * Never sent.
   */
  TIER_UNSPECIFIED: 'TIER_UNSPECIFIED',
  /**
   * The version that the request was routed to.
   */
  TIER_MODEL: 'TIER_MODEL',
  /**
   * The fallback model, on a worker thread of the router.
   */
  TIER_FALLBACK: 'TIER_FALLBACK',
  /**
   * The business rules of the mesh's author.
   */
  TIER_RULES: 'TIER_RULES',
} as const;

/**
 * Who gave an answer.
 */
export type Tier =
  /**
   * Never sent.
   */
  | 'TIER_UNSPECIFIED'
  | 0
  /**
   * The version that the request was routed to.
   */
  | 'TIER_MODEL'
  | 1
  /**
   * The fallback model, on a worker thread of the router.
   */
  | 'TIER_FALLBACK'
  | 2
  /**
   * The business rules of the mesh's author.
   */
  | 'TIER_RULES'
  | 3

/**
 * Who gave an answer.
 */
export type Tier__Output = typeof Tier[keyof typeof Tier]
