// Original file: proto/mlmesh/feature/v1/feature_service.proto

import type { TrainingSetMode as _mlmesh_feature_v1_TrainingSetMode, TrainingSetMode__Output as _mlmesh_feature_v1_TrainingSetMode__Output } from '../../../mlmesh/feature/v1/TrainingSetMode.ts';

/**
 * Asks for a training set.
 */
export interface BuildTrainingSetRequest {
  /**
   * Name of the model whose pipeline defines the examples, the label and the feature set.
   */
  'model'?: (string);
  /**
   * Examples with a time in [from_ms, until_ms), milliseconds since the Unix epoch.
   */
  'fromMs'?: (number | string);
  /**
   * End of the interval, not included.
   */
  'untilMs'?: (number | string);
  /**
   * At most so many rows, chosen by a fixed rule from the seed; 0 means all.
   */
  'rowsMax'?: (number);
  /**
   * Seed of the choice.
   */
  'seed'?: (number);
  /**
   * What the features may know; unspecified means as served.
   */
  'mode'?: (_mlmesh_feature_v1_TrainingSetMode);
  /**
   * Writes the rows to Parquet files beside the data of the service, in place of streaming them. A set that was asked for before and not
   * finished goes on where it was, with the log offset of then.
   */
  'writeFiles'?: (boolean);
  /**
   * Hash of an earlier feature set of the model that is still served, 64 hexadecimal digits; empty means that of the mesh file.
   */
  'featureSetHash'?: (string);
  /**
   * As logged: how much before the time of an example its answer may have been given, milliseconds, 0 to 31,622,400,000 (366 days);
   * 0 means exactly then. Otherwise 0.
   */
  'answerAgeMaxMs'?: (number | string);
  /**
   * Log offset up to which events count, so that an earlier set is made again; 0 means that of now, as it has to be with write_files.
   */
  'logOffset'?: (number | string);
  /**
   * Columns of the examples that are given beside the rows, at most 8: they tell segments of a set apart. They are no part of its hash. None with write_files.
   */
  'segmentColumns'?: (string)[];
  /**
   * As logged: answers with a number below this count, so that an earlier set is made again; 0 means all that were logged before the call,
   * as it has to be with write_files. Otherwise 0.
   */
  'answersBefore'?: (number | string);
}

/**
 * Asks for a training set.
 */
export interface BuildTrainingSetRequest__Output {
  /**
   * Name of the model whose pipeline defines the examples, the label and the feature set.
   */
  'model': (string);
  /**
   * Examples with a time in [from_ms, until_ms), milliseconds since the Unix epoch.
   */
  'fromMs': (number);
  /**
   * End of the interval, not included.
   */
  'untilMs': (number);
  /**
   * At most so many rows, chosen by a fixed rule from the seed; 0 means all.
   */
  'rowsMax': (number);
  /**
   * Seed of the choice.
   */
  'seed': (number);
  /**
   * What the features may know; unspecified means as served.
   */
  'mode': (_mlmesh_feature_v1_TrainingSetMode__Output);
  /**
   * Writes the rows to Parquet files beside the data of the service, in place of streaming them. A set that was asked for before and not
   * finished goes on where it was, with the log offset of then.
   */
  'writeFiles': (boolean);
  /**
   * Hash of an earlier feature set of the model that is still served, 64 hexadecimal digits; empty means that of the mesh file.
   */
  'featureSetHash': (string);
  /**
   * As logged: how much before the time of an example its answer may have been given, milliseconds, 0 to 31,622,400,000 (366 days);
   * 0 means exactly then. Otherwise 0.
   */
  'answerAgeMaxMs': (number);
  /**
   * Log offset up to which events count, so that an earlier set is made again; 0 means that of now, as it has to be with write_files.
   */
  'logOffset': (number);
  /**
   * Columns of the examples that are given beside the rows, at most 8: they tell segments of a set apart. They are no part of its hash. None with write_files.
   */
  'segmentColumns': (string)[];
  /**
   * As logged: answers with a number below this count, so that an earlier set is made again; 0 means all that were logged before the call,
   * as it has to be with write_files. Otherwise 0.
   */
  'answersBefore': (number);
}
