import type { TrainingRows } from '../../shared/compute/training-rows.ts';
import { type DataBlock, type DataIndex, rowDigests } from './data-index.ts';

/** Where two training sets differ. */
export interface DataDifference {
  /** Columns that differ anywhere, in their order; `id` says that rows are missing, new or others. */
  readonly columns: readonly string[];
  /** Stretches of time, in order; neighbours with the same columns are one. */
  readonly parts: readonly DifferentPart[];
  readonly rowsChanged: number;
  readonly rowsMissing: number;
  readonly rowsNew: number;
  /** The first row that is changed or new, as it is now; undefined where rows are only missing. */
  readonly firstRow: DifferentRow | undefined;
}

/** A stretch of time in which sets differ. */
export interface DifferentPart {
  /** Rows with t in [fromMs, untilMs), epoch ms. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly columns: readonly string[];
  readonly rowsRecorded: number;
  readonly rowsNow: number;
}

/** A row that is not as it was. */
export interface DifferentRow {
  /** Its place in canonical order, from 0. */
  readonly row: number;
  readonly atMs: number;
  readonly eventId: string;
  readonly kind: 'changed' | 'new';
}

/** Gives where a set that was made again differs from the digests that were recorded; undefined where all of them are equal. */
export function compareData(
  recorded: DataIndex,
  now: DataIndex,
  rows: TrainingRows,
): DataDifference | undefined {
  if (recorded.stepMs !== now.stepMs || recorded.columns.join() !== now.columns.join()) {
    return whole(recorded, now, rows);
  }
  const pairs = pairBlocks(recorded, now).filter((pair) => differingColumns(pair, now).length > 0);
  if (pairs.length === 0) return undefined;
  const parts = pairs.map((pair) => ({
    fromMs: pair.fromMs,
    untilMs: pair.fromMs + now.stepMs,
    columns: differingColumns(pair, now),
    rowsRecorded: pair.recorded?.block.rows ?? 0,
    rowsNow: pair.now?.block.rows ?? 0,
  }));
  const named = new Set(parts.flatMap(({ columns }) => columns));
  return {
    columns: now.columns.filter((column) => named.has(column)),
    parts: joined(parts),
    ...compareRows(pairs, { recorded, now, rows }),
  };
}

/** Other columns or another cut: nothing can be compared part by part. */
function whole(recorded: DataIndex, now: DataIndex, rows: TrainingRows): DataDifference {
  const count = ({ blocks }: DataIndex): number =>
    blocks.reduce((sum, block) => sum + block.rows, 0);
  const starts = [...recorded.blocks, ...now.blocks].map(({ fromMs }) => fromMs);
  const columns = [...new Set([...recorded.columns, ...now.columns])];
  const counts = { rowsRecorded: count(recorded), rowsNow: count(now) };
  const fromMs = starts.reduce((least, start) => Math.min(least, start), Number.POSITIVE_INFINITY);
  const untilMs = starts.reduce((most, start) => Math.max(most, start), 0) + now.stepMs;
  return {
    columns,
    parts: starts.length === 0 ? [] : [{ fromMs, untilMs, columns, ...counts }],
    rowsChanged: 0,
    rowsMissing: counts.rowsRecorded,
    rowsNew: counts.rowsNow,
    firstRow: rowAt(rows, 0, 'new'),
  };
}

interface PlacedBlock {
  readonly block: DataBlock;
  /** Rows before it. */
  readonly first: number;
}

/** The same stretch of time in both sets. */
interface BlockPair {
  readonly fromMs: number;
  readonly recorded: PlacedBlock | undefined;
  readonly now: PlacedBlock | undefined;
}

function placed({ blocks }: DataIndex): ReadonlyMap<number, PlacedBlock> {
  let first = 0;
  return new Map(
    blocks.map((block) => {
      const entry: [number, PlacedBlock] = [block.fromMs, { block, first }];
      first += block.rows;
      return entry;
    }),
  );
}

function pairBlocks(recorded: DataIndex, now: DataIndex): readonly BlockPair[] {
  const [left, right] = [placed(recorded), placed(now)];
  const starts = [...new Set([...left.keys(), ...right.keys()])].sort((a, b) => a - b);
  return starts.map((fromMs) => ({
    fromMs,
    recorded: left.get(fromMs),
    now: right.get(fromMs),
  }));
}

function differingColumns(pair: BlockPair, { columns }: DataIndex): readonly string[] {
  const [left, right] = [pair.recorded?.block, pair.now?.block];
  return columns.filter((_, column) => left?.digests[column] !== right?.digests[column]);
}

function joined(parts: readonly DifferentPart[]): readonly DifferentPart[] {
  const result: DifferentPart[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (last?.untilMs === part.fromMs && last.columns.join() === part.columns.join()) {
      result[result.length - 1] = {
        ...last,
        untilMs: part.untilMs,
        rowsRecorded: last.rowsRecorded + part.rowsRecorded,
        rowsNow: last.rowsNow + part.rowsNow,
      };
    } else result.push(part);
  }
  return result;
}

type RowCounts = Pick<DataDifference, 'rowsChanged' | 'rowsMissing' | 'rowsNew' | 'firstRow'>;

interface ComparedSets {
  readonly recorded: DataIndex;
  readonly now: DataIndex;
  readonly rows: TrainingRows;
}

/** Within a block both sides are in the same order, but a row may stand on one side alone: rows are matched by their ids. */
function compareRows(
  pairs: readonly BlockPair[],
  { recorded, now, rows }: ComparedSets,
): RowCounts {
  const ids = { recorded: rowDigests(recorded.rowIds), now: rowDigests(now.rowIds) };
  const values = { recorded: rowDigests(recorded.rowValues), now: rowDigests(now.rowValues) };
  let [rowsChanged, rowsMissing, rowsNew] = [0, 0, 0];
  let firstRow: DifferentRow | undefined;
  for (const pair of pairs) {
    const left = placesById(pair.recorded, ids.recorded);
    for (const row of rowsIn(pair.now)) {
      const found = left.get(ids.now[row] ?? 0)?.shift();
      if (found !== undefined && values.recorded[found] === values.now[row]) continue;
      if (found === undefined) rowsNew += 1;
      else rowsChanged += 1;
      firstRow ??= rowAt(rows, row, found === undefined ? 'new' : 'changed');
    }
    for (const places of left.values()) rowsMissing += places.length;
  }
  return { rowsChanged, rowsMissing, rowsNew, firstRow };
}

function rowsIn(block: PlacedBlock | undefined): readonly number[] {
  return Array.from({ length: block?.block.rows ?? 0 }, (_, at) => (block?.first ?? 0) + at);
}

function placesById(block: PlacedBlock | undefined, ids: Uint32Array): Map<number, number[]> {
  const places = new Map<number, number[]>();
  for (const row of rowsIn(block)) {
    const id = ids[row] ?? 0;
    const known = places.get(id);
    if (known === undefined) places.set(id, [row]);
    else known.push(row);
  }
  return places;
}

function rowAt(
  { atMs, eventIds, rows }: TrainingRows,
  row: number,
  kind: DifferentRow['kind'],
): DifferentRow | undefined {
  if (row >= rows) return undefined;
  return { row, atMs: atMs[row] ?? 0, eventId: eventIds[row] ?? '', kind };
}
