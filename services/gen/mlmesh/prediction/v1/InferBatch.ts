// Original file: proto/mlmesh/prediction/v1/prediction_service.proto

import type { Priority as _mlmesh_prediction_v1_Priority, Priority__Output as _mlmesh_prediction_v1_Priority__Output } from '../../../mlmesh/prediction/v1/Priority.ts';

/**
 * Rows for one version.
 */
export interface InferBatch {
  /**
   * Chosen by the caller, unique within the stream; the answer names it.
   */
  'batchId'?: (number);
  /**
   * Name of the model.
   */
  'model'?: (string);
  /**
   * Number of the version, from 1.
   */
  'version'?: (number);
  /**
   * Rows, 1 to 1,024.
   */
  'rows'?: (number);
  /**
   * float32 little-endian, row-major: rows x features of the signature.
   */
  'features'?: (Buffer | Uint8Array | string);
  /**
   * Hash of the feature set of the rows, 64 hexadecimal digits; must be that of the version's signature.
   */
  'featureSetHash'?: (string);
  /**
   * Packed trace contexts: 25 bytes a row (trace id, span id, flags), zeros where a row is not traced; empty when none is.
   */
  'traceContexts'?: (Buffer | Uint8Array | string);
  /**
   * Milliseconds that the most patient row still has, measured when the frame was sent.
   */
  'budgetMs'?: (number | string);
  /**
   * Which queue it waits in.
   */
  'priority'?: (_mlmesh_prediction_v1_Priority);
}

/**
 * Rows for one version.
 */
export interface InferBatch__Output {
  /**
   * Chosen by the caller, unique within the stream; the answer names it.
   */
  'batchId': (number);
  /**
   * Name of the model.
   */
  'model': (string);
  /**
   * Number of the version, from 1.
   */
  'version': (number);
  /**
   * Rows, 1 to 1,024.
   */
  'rows': (number);
  /**
   * float32 little-endian, row-major: rows x features of the signature.
   */
  'features': (Buffer);
  /**
   * Hash of the feature set of the rows, 64 hexadecimal digits; must be that of the version's signature.
   */
  'featureSetHash': (string);
  /**
   * Packed trace contexts: 25 bytes a row (trace id, span id, flags), zeros where a row is not traced; empty when none is.
   */
  'traceContexts': (Buffer);
  /**
   * Milliseconds that the most patient row still has, measured when the frame was sent.
   */
  'budgetMs': (number);
  /**
   * Which queue it waits in.
   */
  'priority': (_mlmesh_prediction_v1_Priority__Output);
}
