/** Status of one feature value, as the byte that travels beside it. */
export const featureStatus = {
  /** Computed from events. */
  present: 0,
  /** The entity is known, its window holds nothing to compute from. */
  null: 1,
  /** The entity has no event before t. */
  notFound: 2,
  /** The newest event before t is older than the feature's max age. */
  outsideMaxAge: 3,
  /** The feature service did not answer in time. */
  unavailable: 4,
} as const;

/** One byte of {@link featureStatus}. */
export type FeatureStatus = (typeof featureStatus)[keyof typeof featureStatus];
