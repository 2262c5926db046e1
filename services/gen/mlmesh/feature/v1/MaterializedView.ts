// Original file: proto/mlmesh/feature/v1/feature_service.proto

import type { MaterializedMonth as _mlmesh_feature_v1_MaterializedMonth, MaterializedMonth__Output as _mlmesh_feature_v1_MaterializedMonth__Output } from '../../../mlmesh/feature/v1/MaterializedMonth.ts';

/**
 * What a grid holds for the interval that was asked for.
 */
export interface MaterializedView {
  /**
   * Id of the view.
   */
  'view'?: (string);
  /**
   * Folder of the grid on the machine of the service: a folder for each month, with Parquet files and a manifest.
   */
  'folder'?: (string);
  /**
   * Names of the features, in order.
   */
  'features'?: (string)[];
  /**
   * Hash of each feature's definition, in order.
   */
  'definitionHashes'?: (string)[];
  /**
   * Log offset L that all months stand for.
   */
  'logOffset'?: (number | string);
  /**
   * Version of the arithmetic, from 1.
   */
  'computeVersion'?: (number);
  /**
   * Months, in order.
   */
  'months'?: (_mlmesh_feature_v1_MaterializedMonth)[];
}

/**
 * What a grid holds for the interval that was asked for.
 */
export interface MaterializedView__Output {
  /**
   * Id of the view.
   */
  'view': (string);
  /**
   * Folder of the grid on the machine of the service: a folder for each month, with Parquet files and a manifest.
   */
  'folder': (string);
  /**
   * Names of the features, in order.
   */
  'features': (string)[];
  /**
   * Hash of each feature's definition, in order.
   */
  'definitionHashes': (string)[];
  /**
   * Log offset L that all months stand for.
   */
  'logOffset': (number);
  /**
   * Version of the arithmetic, from 1.
   */
  'computeVersion': (number);
  /**
   * Months, in order.
   */
  'months': (_mlmesh_feature_v1_MaterializedMonth__Output)[];
}
