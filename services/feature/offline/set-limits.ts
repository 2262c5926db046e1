/** Limits of one training set, whatever its length and that of the events. */
export interface SetLimits {
  /** Memory of events and examples that are worked on; what does not fit is done part by part. */
  readonly memoryBytesMax: number;
}

/** Gives how many examples are worked on at once: a quarter of the memory, at least 8,192. */
export function blockRowsMax({ memoryBytesMax }: SetLimits, columns: number): number {
  // A row: its values as views hold them, assembled, sent and written, its time, label and keys, and its id as text.
  const rowBytes = 160 + 32 * columns;
  return Math.max(8_192, Math.floor(memoryBytesMax / 4 / rowBytes));
}

/** Gives in how many parts the events of some entities are read: half of the memory holds one. */
export function eventParts(
  { memoryBytesMax }: SetLimits,
  {
    rows,
    columns,
    keys,
  }: { readonly rows: number; readonly columns: number; readonly keys: number },
): number {
  // ts, seq and known time beside the columns; and once more, for what threads copy and for parts of unequal size.
  const rowBytes = 2 * (8 * (3 + columns) + 4 * keys);
  return Math.min(65_536, Math.max(1, Math.ceil((rows * rowBytes) / (memoryBytesMax / 2))));
}
