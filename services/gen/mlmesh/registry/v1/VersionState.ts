// Original file: proto/mlmesh/registry/v1/registry_service.proto

/**
 * Where a version stands. Which state follows which is a table of the documentation.
 */
export const VersionState = {
  /**
   * Never sent.
   */
  VERSION_STATE_UNSPECIFIED: 'VERSION_STATE_UNSPECIFIED',
  /**
   * It was registered, and nothing points to it yet.
   */
  VERSION_STATE_REGISTERED: 'VERSION_STATE_REGISTERED',
  /**
   * It gets copies of requests.
   */
  VERSION_STATE_SHADOW: 'VERSION_STATE_SHADOW',
  /**
   * It answers a small part of the requests.
   */
  VERSION_STATE_CANARY: 'VERSION_STATE_CANARY',
  /**
   * It answers.
   */
  VERSION_STATE_PRODUCTION: 'VERSION_STATE_PRODUCTION',
  /**
   * Something pointed to it once, and nothing does now, unless to go back to it or as the fallback.
   */
  VERSION_STATE_RETIRED: 'VERSION_STATE_RETIRED',
  /**
   * It is known to be bad; only a person can clear it.
   */
  VERSION_STATE_QUARANTINED: 'VERSION_STATE_QUARANTINED',
} as const;

/**
 * Where a version stands. Which state follows which is a table of the documentation.
 */
export type VersionState =
  /**
   * Never sent.
   */
  | 'VERSION_STATE_UNSPECIFIED'
  | 0
  /**
   * It was registered, and nothing points to it yet.
   */
  | 'VERSION_STATE_REGISTERED'
  | 1
  /**
   * It gets copies of requests.
   */
  | 'VERSION_STATE_SHADOW'
  | 3
  /**
   * It answers a small part of the requests.
   */
  | 'VERSION_STATE_CANARY'
  | 4
  /**
   * It answers.
   */
  | 'VERSION_STATE_PRODUCTION'
  | 5
  /**
   * Something pointed to it once, and nothing does now, unless to go back to it or as the fallback.
   */
  | 'VERSION_STATE_RETIRED'
  | 6
  /**
   * It is known to be bad; only a person can clear it.
   */
  | 'VERSION_STATE_QUARANTINED'
  | 7

/**
 * Where a version stands. Which state follows which is a table of the documentation.
 */
export type VersionState__Output = typeof VersionState[keyof typeof VersionState]
