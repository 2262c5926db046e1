// Original file: proto/mlmesh/registry/v1/registry_service.proto

import type { TensorSpec as _mlmesh_common_v1_TensorSpec, TensorSpec__Output as _mlmesh_common_v1_TensorSpec__Output } from '../../../mlmesh/common/v1/TensorSpec.ts';
import type { ColumnBinding as _mlmesh_registry_v1_ColumnBinding, ColumnBinding__Output as _mlmesh_registry_v1_ColumnBinding__Output } from '../../../mlmesh/registry/v1/ColumnBinding.ts';

/**
 * What a version takes and gives.
 */
export interface ServingSignature {
  /**
   * Inputs.
   */
  'inputs'?: (_mlmesh_common_v1_TensorSpec)[];
  /**
   * Outputs.
   */
  'outputs'?: (_mlmesh_common_v1_TensorSpec)[];
  /**
   * Names of the features, in the order of the input's columns; none for a version of foreign origin, which is bound to no feature set.
   */
  'features'?: (string)[];
  /**
   * Hash of the feature set that it was trained on, 64 hexadecimal digits; empty for a version of foreign origin.
   */
  'featureSetHash'?: (string);
  /**
   * What each column of the input is bound to, in their order: one for each name in `features`.
   */
  'bindings'?: (_mlmesh_registry_v1_ColumnBinding)[];
  /**
   * Rows that one native call takes, where dimension 0 of every tensor is the batch and requests may be joined; 0: they never are. Not
   * looked at for a version that is bound to a feature set: its rows are joined up to the limit of the prediction service.
   */
  'batchRowsMax'?: (number);
}

/**
 * What a version takes and gives.
 */
export interface ServingSignature__Output {
  /**
   * Inputs.
   */
  'inputs': (_mlmesh_common_v1_TensorSpec__Output)[];
  /**
   * Outputs.
   */
  'outputs': (_mlmesh_common_v1_TensorSpec__Output)[];
  /**
   * Names of the features, in the order of the input's columns; none for a version of foreign origin, which is bound to no feature set.
   */
  'features': (string)[];
  /**
   * Hash of the feature set that it was trained on, 64 hexadecimal digits; empty for a version of foreign origin.
   */
  'featureSetHash': (string);
  /**
   * What each column of the input is bound to, in their order: one for each name in `features`.
   */
  'bindings': (_mlmesh_registry_v1_ColumnBinding__Output)[];
  /**
   * Rows that one native call takes, where dimension 0 of every tensor is the batch and requests may be joined; 0: they never are. Not
   * looked at for a version that is bound to a feature set: its rows are joined up to the limit of the prediction service.
   */
  'batchRowsMax': (number);
}
