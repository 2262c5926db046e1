/** Examples of a training set, columnar. Whoever holds it must not change it. */
export interface TrainingRows {
  /** Examples, 0 or more. */
  readonly rows: number;
  /** Columns of the feature set. */
  readonly columns: number;
  /** What a model gets: [rows, columns] row-major. */
  readonly features: Float32Array;
  /** Label of each row. */
  readonly labels: Float32Array;
  /** Time t of each row, milliseconds since the Unix epoch. */
  readonly atMs: Float64Array;
  /** Id of the example behind each row; unique. */
  readonly eventIds: readonly string[];
}
