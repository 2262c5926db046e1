// Original file: proto/mlmesh/feature/v1/feature_service.proto

/**
 * What the features of a training set may know.
 */
export const TrainingSetMode = {
  /**
   * As served.
   */
  TRAINING_SET_MODE_UNSPECIFIED: 'TRAINING_SET_MODE_UNSPECIFIED',
  /**
   * What an answer at the time of the example could have known: an event counts from when it was visible, and one that was
   * ingested only from when it was in the log.
   */
  TRAINING_SET_MODE_AS_SERVED: 'TRAINING_SET_MODE_AS_SERVED',
  /**
   * What is known by now: late events count as if they had come in time.
   */
  TRAINING_SET_MODE_AS_CORRECTED: 'TRAINING_SET_MODE_AS_CORRECTED',
  /**
   * What was answered: the values of the latest logged answer for the same keys, given at the time of the example or at most
   * answer_age_max_ms before. An example without one is left out, and counted.
   */
  TRAINING_SET_MODE_AS_LOGGED: 'TRAINING_SET_MODE_AS_LOGGED',
} as const;

/**
 * What the features of a training set may know.
 */
export type TrainingSetMode =
  /**
   * As served.
   */
  | 'TRAINING_SET_MODE_UNSPECIFIED'
  | 0
  /**
   * What an answer at the time of the example could have known: an event counts from when it was visible, and one that was
   * ingested only from when it was in the log.
   */
  | 'TRAINING_SET_MODE_AS_SERVED'
  | 1
  /**
   * What is known by now: late events count as if they had come in time.
   */
  | 'TRAINING_SET_MODE_AS_CORRECTED'
  | 2
  /**
   * What was answered: the values of the latest logged answer for the same keys, given at the time of the example or at most
   * answer_age_max_ms before. An example without one is left out, and counted.
   */
  | 'TRAINING_SET_MODE_AS_LOGGED'
  | 3

/**
 * What the features of a training set may know.
 */
export type TrainingSetMode__Output = typeof TrainingSetMode[keyof typeof TrainingSetMode]
