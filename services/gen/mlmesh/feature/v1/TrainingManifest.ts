// Original file: proto/mlmesh/feature/v1/feature_service.proto

import type { TrainingSetMode as _mlmesh_feature_v1_TrainingSetMode, TrainingSetMode__Output as _mlmesh_feature_v1_TrainingSetMode__Output } from '../../../mlmesh/feature/v1/TrainingSetMode.ts';

/**
 * What a training set was made of, so that it can be made again.
 */
export interface TrainingManifest {
  /**
   * Rows in all.
   */
  'rows'?: (number);
  /**
   * First time of an example, milliseconds since the Unix epoch.
   */
  'fromMs'?: (number | string);
  /**
   * End of the interval, not included.
   */
  'untilMs'?: (number | string);
  /**
   * Log offset up to which events were seen.
   */
  'logOffset'?: (number | string);
  /**
   * Hash of the feature set, 64 hexadecimal digits.
   */
  'featureSetHash'?: (string);
  /**
   * Hash of each column's definition, in order.
   */
  'definitionHashes'?: (string)[];
  /**
   * SHA-256 of the canonical rows, 64 hexadecimal digits.
   */
  'dataHash'?: (string);
  /**
   * Seed of the choice of rows.
   */
  'seed'?: (number);
  /**
   * What the features know; never unspecified.
   */
  'mode'?: (_mlmesh_feature_v1_TrainingSetMode);
}

/**
 * What a training set was made of, so that it can be made again.
 */
export interface TrainingManifest__Output {
  /**
   * Rows in all.
   */
  'rows': (number);
  /**
   * First time of an example, milliseconds since the Unix epoch.
   */
  'fromMs': (number);
  /**
   * End of the interval, not included.
   */
  'untilMs': (number);
  /**
   * Log offset up to which events were seen.
   */
  'logOffset': (number);
  /**
   * Hash of the feature set, 64 hexadecimal digits.
   */
  'featureSetHash': (string);
  /**
   * Hash of each column's definition, in order.
   */
  'definitionHashes': (string)[];
  /**
   * SHA-256 of the canonical rows, 64 hexadecimal digits.
   */
  'dataHash': (string);
  /**
   * Seed of the choice of rows.
   */
  'seed': (number);
  /**
   * What the features know; never unspecified.
   */
  'mode': (_mlmesh_feature_v1_TrainingSetMode__Output);
}
