// Original file: proto/mlmesh/common/v1/value.proto

/**
 * Status of one feature value in a vector; on the wire one byte each, by these numbers less one.
 */
export const FeatureStatus = {
  /**
   * Never sent.
   */
  FEATURE_STATUS_UNSPECIFIED: 'FEATURE_STATUS_UNSPECIFIED',
  /**
   * The value was computed from events (byte 0).
   */
  FEATURE_STATUS_PRESENT: 'FEATURE_STATUS_PRESENT',
  /**
   * The entity is known and its window holds nothing to compute from; the default stands in (byte 1).
   */
  FEATURE_STATUS_NULL: 'FEATURE_STATUS_NULL',
  /**
   * The entity is unknown; the default stands in (byte 2).
   */
  FEATURE_STATUS_NOT_FOUND: 'FEATURE_STATUS_NOT_FOUND',
  /**
   * The newest event is older than the feature's maximum age; the default stands in (byte 3).
   */
  FEATURE_STATUS_OUTSIDE_MAX_AGE: 'FEATURE_STATUS_OUTSIDE_MAX_AGE',
  /**
   * The feature service did not answer in time; the default stands in (byte 4).
   */
  FEATURE_STATUS_UNAVAILABLE: 'FEATURE_STATUS_UNAVAILABLE',
} as const;

/**
 * Status of one feature value in a vector; on the wire one byte each, by these numbers less one.
 */
export type FeatureStatus =
  /**
   * Never sent.
   */
  | 'FEATURE_STATUS_UNSPECIFIED'
  | 0
  /**
   * The value was computed from events (byte 0).
   */
  | 'FEATURE_STATUS_PRESENT'
  | 1
  /**
   * The entity is known and its window holds nothing to compute from; the default stands in (byte 1).
   */
  | 'FEATURE_STATUS_NULL'
  | 2
  /**
   * The entity is unknown; the default stands in (byte 2).
   */
  | 'FEATURE_STATUS_NOT_FOUND'
  | 3
  /**
   * The newest event is older than the feature's maximum age; the default stands in (byte 3).
   */
  | 'FEATURE_STATUS_OUTSIDE_MAX_AGE'
  | 4
  /**
   * The feature service did not answer in time; the default stands in (byte 4).
   */
  | 'FEATURE_STATUS_UNAVAILABLE'
  | 5

/**
 * Status of one feature value in a vector; on the wire one byte each, by these numbers less one.
 */
export type FeatureStatus__Output = typeof FeatureStatus[keyof typeof FeatureStatus]
