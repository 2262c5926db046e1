// Original file: proto/mlmesh/feature/v1/feature_service.proto

import type { SegmentColumn as _mlmesh_feature_v1_SegmentColumn, SegmentColumn__Output as _mlmesh_feature_v1_SegmentColumn__Output } from '../../../mlmesh/feature/v1/SegmentColumn.ts';

/**
 * Rows of a training set.
 */
export interface TrainingRows {
  /**
   * Rows in this message, at most 8,192.
   */
  'rows'?: (number);
  /**
   * float32 little-endian, row-major: rows x columns of the feature set, as a model gets them.
   */
  'features'?: (Buffer | Uint8Array | string);
  /**
   * Label of each row: float32 little-endian.
   */
  'labels'?: (Buffer | Uint8Array | string);
  /**
   * Time t of each row: float64 little-endian, milliseconds since the Unix epoch.
   */
  'atMs'?: (Buffer | Uint8Array | string);
  /**
   * Id of the example behind each row.
   */
  'eventIds'?: (string)[];
  /**
   * The columns that were asked for as segment_columns, in their order.
   */
  'segments'?: (_mlmesh_feature_v1_SegmentColumn)[];
}

/**
 * Rows of a training set.
 */
export interface TrainingRows__Output {
  /**
   * Rows in this message, at most 8,192.
   */
  'rows': (number);
  /**
   * float32 little-endian, row-major: rows x columns of the feature set, as a model gets them.
   */
  'features': (Buffer);
  /**
   * Label of each row: float32 little-endian.
   */
  'labels': (Buffer);
  /**
   * Time t of each row: float64 little-endian, milliseconds since the Unix epoch.
   */
  'atMs': (Buffer);
  /**
   * Id of the example behind each row.
   */
  'eventIds': (string)[];
  /**
   * The columns that were asked for as segment_columns, in their order.
   */
  'segments': (_mlmesh_feature_v1_SegmentColumn__Output)[];
}
