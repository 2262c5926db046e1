// Original file: proto/mlmesh/feature/v1/feature_service.proto

/**
 * How a value came about.
 */
export const FeatureStatus = {
  /**
   * Not said.
   */
  FEATURE_STATUS_UNSPECIFIED: 'FEATURE_STATUS_UNSPECIFIED',
  /**
   * Computed from events.
   */
  FEATURE_STATUS_PRESENT: 'FEATURE_STATUS_PRESENT',
  /**
   * The entity is known, its window holds nothing to compute from.
   */
  FEATURE_STATUS_NULL: 'FEATURE_STATUS_NULL',
  /**
   * The entity has no event before t.
   */
  FEATURE_STATUS_NOT_FOUND: 'FEATURE_STATUS_NOT_FOUND',
  /**
   * The newest event before t is older than the feature's max age.
   */
  FEATURE_STATUS_OUTSIDE_MAX_AGE: 'FEATURE_STATUS_OUTSIDE_MAX_AGE',
  /**
   * The feature service did not answer in time.
   */
  FEATURE_STATUS_UNAVAILABLE: 'FEATURE_STATUS_UNAVAILABLE',
} as const;

/**
 * How a value came about.
 */
export type FeatureStatus =
  /**
   * Not said.
   */
  | 'FEATURE_STATUS_UNSPECIFIED'
  | 0
  /**
   * Computed from events.
   */
  | 'FEATURE_STATUS_PRESENT'
  | 1
  /**
   * The entity is known, its window holds nothing to compute from.
   */
  | 'FEATURE_STATUS_NULL'
  | 2
  /**
   * The entity has no event before t.
   */
  | 'FEATURE_STATUS_NOT_FOUND'
  | 3
  /**
   * The newest event before t is older than the feature's max age.
   */
  | 'FEATURE_STATUS_OUTSIDE_MAX_AGE'
  | 4
  /**
   * The feature service did not answer in time.
   */
  | 'FEATURE_STATUS_UNAVAILABLE'
  | 5

/**
 * How a value came about.
 */
export type FeatureStatus__Output = typeof FeatureStatus[keyof typeof FeatureStatus]
