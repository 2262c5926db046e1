/** Rows of a source, columnar, in the order of one of its times. */
export interface SourceRows {
  readonly rows: number;
  readonly eventIds: readonly string[];
  /** Number, boolean and timestamp columns by name; NaN where a value is null. */
  readonly numbers: ReadonlyMap<string, Float64Array>;
  /** Text columns by name. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
  /** By name of a column that has nulls: one byte a row, 1 where the value is null. */
  readonly nulls: ReadonlyMap<string, Uint8Array>;
}

/** Gives the rows [from, until). */
export function sliceRows(source: SourceRows, from: number, until: number): SourceRows {
  return {
    rows: until - from,
    eventIds: source.eventIds.slice(from, until),
    numbers: new Map(
      [...source.numbers].map(([name, values]) => [name, values.subarray(from, until)] as const),
    ),
    texts: new Map(
      [...source.texts].map(([name, values]) => [name, values.slice(from, until)] as const),
    ),
    nulls: new Map(
      [...source.nulls].map(([name, bytes]) => [name, bytes.subarray(from, until)] as const),
    ),
  };
}
