import { createHash } from 'node:crypto';
import { columnOf, type EventTable, type RowFilter } from './event-table.ts';

/** One part of the entities of a view, by the hash of their keys. */
export interface KeyPartition {
  /** Key columns of the view. */
  readonly by: readonly string[];
  /** 0 to parts - 1. */
  readonly part: number;
  /** 1 to 65,536. */
  readonly parts: number;
}

/** Gives whether rows of a table are of a part. Each text is hashed once. */
export function partitionFilter(
  { texts }: Pick<EventTable, 'texts'>,
  { by, part, parts }: KeyPartition,
): RowFilter {
  const columns = by.map((name, index) => {
    const { dictionary, codes } = columnOf(texts, name);
    const numbers = Float64Array.from(dictionary, (text) => textNumber(text, parts) * (index + 1));
    return { codes, numbers };
  });
  return (row) => {
    let sum = 0;
    for (const { codes, numbers } of columns) sum += numbers[codes[row] ?? 0] ?? 0;
    return sum % parts === part;
  };
}

/** MD5 spreads the keys; DuckDB has it too (md5_number_lower), so that a scan leaves out what is of another part. */
function textNumber(text: string, parts: number): number {
  const digest = createHash('md5').update(text, 'utf8').digest();
  return Number(digest.readBigUInt64LE(8) % BigInt(parts));
}
