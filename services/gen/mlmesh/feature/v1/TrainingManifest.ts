// Original file: proto/mlmesh/feature/v1/feature_service.proto

import type { TrainingSetMode as _mlmesh_feature_v1_TrainingSetMode, TrainingSetMode__Output as _mlmesh_feature_v1_TrainingSetMode__Output } from '../../../mlmesh/feature/v1/TrainingSetMode.ts';
import type { TrainingSource as _mlmesh_feature_v1_TrainingSource, TrainingSource__Output as _mlmesh_feature_v1_TrainingSource__Output } from '../../../mlmesh/feature/v1/TrainingSource.ts';

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
  /**
   * SHA-256 of times, ids and labels alone, 64 hexadecimal digits.
   */
  'spineHash'?: (string);
  /**
   * SHA-256 of each 8,192 rows, in order: they say where two sets differ.
   */
  'leafHashes'?: (string)[];
  /**
   * Version of the arithmetic, from 1.
   */
  'computeVersion'?: (number);
  /**
   * Sources of examples and features, by name.
   */
  'sources'?: (_mlmesh_feature_v1_TrainingSource)[];
  /**
   * Folder with the files, on the machine of the service; empty when the rows were streamed.
   */
  'folder'?: (string);
  /**
   * As logged: examples that were left out, because the log of answers has none for them or one of values that were erased.
   */
  'withoutAnswer'?: (number);
  /**
   * As logged: answers with a number below this counted; otherwise 0.
   */
  'answersBefore'?: (number | string);
  /**
   * As logged: as asked for, milliseconds; otherwise 0.
   */
  'answerAgeMaxMs'?: (number | string);
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
  /**
   * SHA-256 of times, ids and labels alone, 64 hexadecimal digits.
   */
  'spineHash': (string);
  /**
   * SHA-256 of each 8,192 rows, in order: they say where two sets differ.
   */
  'leafHashes': (string)[];
  /**
   * Version of the arithmetic, from 1.
   */
  'computeVersion': (number);
  /**
   * Sources of examples and features, by name.
   */
  'sources': (_mlmesh_feature_v1_TrainingSource__Output)[];
  /**
   * Folder with the files, on the machine of the service; empty when the rows were streamed.
   */
  'folder': (string);
  /**
   * As logged: examples that were left out, because the log of answers has none for them or one of values that were erased.
   */
  'withoutAnswer': (number);
  /**
   * As logged: answers with a number below this counted; otherwise 0.
   */
  'answersBefore': (number);
  /**
   * As logged: as asked for, milliseconds; otherwise 0.
   */
  'answerAgeMaxMs': (number);
}
