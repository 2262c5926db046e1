import { hash } from 'node:crypto';
import {
  entityKey,
  type FeatureSetPlan,
  joinKeyIndexes,
  type ViewPlan,
  viewId,
} from '../../shared/compute/plan.ts';
import type { EntityPlace } from './entity-places.ts';
import { encodeEventRecord, eventMarks, type WholeRecord } from './event-codec.ts';
import { type EventTable, nullCode, type TextColumn } from './event-table.ts';

/** Events of one place that were erased: those whose columns held these texts. */
export interface ErasedPlace extends EntityPlace {
  /** Texts of the columns; none once they are nowhere else any more. */
  readonly texts: readonly string[];
}

/** The deletion of an entity: a record of the log, and the work that is left. */
export interface Erasure {
  /** Position of its record in the log. */
  readonly seq: number;
  readonly entity: string;
  readonly reason: string;
  readonly erasedMs: number;
  readonly places: readonly ErasedPlace[];
  readonly touched: readonly TouchedView[];
}

/** States that held erased events: those of the entity, and those of others that shared some. */
export interface TouchedView {
  /** Source and by-columns, as viewId: whatever version the view had then. */
  readonly viewId: string;
  /** For each state, the hash of its key and the time of its first erased event: answers from before reach it later than that. */
  readonly entities: readonly { readonly keyHash: string; readonly firstTs: number }[];
}

/** What an erasure leaves to do; the log has the rest. */
export interface ErasureWork {
  readonly erasure: Erasure;
  /** Keys of states that are to be made anew, by view id; none once they are. */
  readonly states: readonly { readonly viewId: string; readonly keys: readonly string[] }[];
  /** Sources whose files still hold erased events: scans leave them out. */
  readonly files: readonly string[];
}

/** Stands where the records of events have their source: no source has it. */
const erasureSource = '';

/** Gives the hash of an entity's key in a view: the first 128 bits of a SHA-256, as 32 hexadecimal digits. */
export function keyHashOf(viewId: string, key: string): string {
  return hash('sha256', `${viewId}\0${key}`, 'hex').slice(0, 32);
}

/** Writes an erasure as a record of the log: one place of it, and no event of any source. */
export function encodeErasure(erasure: Erasure): Buffer {
  const events: EventTable = {
    rows: 1,
    ts: Float64Array.of(erasure.erasedMs),
    seq: Float64Array.of(erasure.seq),
    numbers: new Map(),
    texts: new Map(),
    ids: [],
  };
  const ids = { kind: 'texts', texts: [JSON.stringify(erasure)] } as const;
  const marks = Uint8Array.of(eventMarks.erased);
  return encodeEventRecord({
    source: erasureSource,
    ingestedMs: erasure.erasedMs,
    events,
    ids,
    marks,
  });
}

/** Gives a record without what some of its rows said: their places in the log and their times stay. */
export function eraseRows(record: WholeRecord, rows: readonly number[]): WholeRecord {
  const { events, ids } = record;
  const isErased = new Uint8Array(events.rows);
  for (const row of rows) isErased[row] = 1;
  const marks = record.marks?.slice() ?? new Uint8Array(events.rows);
  for (const row of rows) marks[row] = eventMarks.erased;
  const numbers = new Map(
    [...events.numbers].map(([name, values]): [string, Float64Array] => [
      name,
      values.map((value, row) => (isErased[row] === 1 ? Number.NaN : value)),
    ]),
  );
  const texts = new Map(
    [...events.texts].map(([name, column]): [string, TextColumn] => [
      name,
      keptTexts(column, isErased),
    ]),
  );
  return {
    ...record,
    events: { ...events, numbers, texts },
    ids:
      ids.kind === 'positions'
        ? ids
        : { kind: 'texts', texts: ids.texts.map((text, row) => (isErased[row] === 1 ? '' : text)) },
    marks,
  };
}

/** Gives the rows of a record, those that don't count among them, whose columns hold the texts of a place. */
export function rowsOfPlace({ events, marks }: WholeRecord, place: ErasedPlace): readonly number[] {
  const wanted = place.columns.map((name, part) => {
    const column = events.texts.get(name);
    return {
      codes: column?.codes,
      code: column?.dictionary.indexOf(place.texts[part] ?? '') ?? -1,
    };
  });
  if (wanted.some(({ code }) => code < 0)) return [];
  const rows: number[] = [];
  for (let row = 0; row < events.rows; row += 1) {
    if (marks?.[row] === eventMarks.erased) continue;
    if (wanted.every(({ codes, code }) => codes?.[row] === code)) rows.push(row);
  }
  return rows;
}

/** Gives the events of a source that were erased, and which its file may still hold. */
export function hiddenPlaces(
  works: readonly ErasureWork[],
  source: string,
): readonly ErasedPlace[] {
  return works
    .filter(({ files }) => files.includes(source))
    .flatMap(({ erasure }) => erasure.places.filter((place) => place.source === source));
}

/** Gives what is left of an erasure: one whose work is done does not name the entity any more. */
export function settledErasure(work: ErasureWork): ErasureWork {
  const { erasure, states, files } = work;
  if (states.length > 0 || files.length > 0) return work;
  const places = erasure.places.map((place) => ({ ...place, texts: [] }));
  return { ...work, erasure: { ...erasure, places } };
}

/** Rows of a feature set, each at its own time and log offset. */
export interface StampedRows {
  readonly featureSet: FeatureSetPlan;
  readonly rows: number;
  /** Entity keys, row-major: [rows, join keys]. */
  readonly keys: readonly string[];
  readonly atMs: Float64Array;
  readonly logOffsets: Float64Array;
}

/**
 * Gives one byte a row: 1 where the row reaches events that were erased after its log offset, and so can't be computed as it
 * was; nothing where no row does.
 */
export function erasedRows(query: StampedRows, erasures: readonly Erasure[]): Uint8Array {
  const isErased = new Uint8Array(query.rows);
  for (const { seq, touched } of erasures) {
    if (!query.logOffsets.some((offset) => offset < seq)) continue;
    for (const view of touched) markReaching(query, { seq, view }, isErased);
  }
  return isErased.includes(1) ? isErased : new Uint8Array(0);
}

/** Marks the rows from before an erasure whose entity of one view had an erased event before the row's time. */
function markReaching(
  query: StampedRows,
  { seq, view: touched }: { readonly seq: number; readonly view: TouchedView },
  isErased: Uint8Array,
): void {
  const view = query.featureSet.views.find(
    ({ source, by }) => viewId(source, by) === touched.viewId,
  );
  if (view === undefined) return;
  const firstTs = new Map(touched.entities.map((each) => [each.keyHash, each.firstTs]));
  const keyAt = keyReader(view, query);
  for (let row = 0; row < query.rows; row += 1) {
    if ((query.logOffsets[row] ?? 0) >= seq) continue;
    const first = firstTs.get(keyHashOf(touched.viewId, keyAt(row))) ?? Number.POSITIVE_INFINITY;
    if (first < (query.atMs[row] ?? 0)) isErased[row] = 1;
  }
}

function keyReader(view: ViewPlan, { featureSet, keys }: StampedRows): (row: number) => string {
  const { joinKeys } = featureSet;
  const indexes = joinKeyIndexes(view, joinKeys);
  return (row) => entityKey(indexes.map((index) => keys[row * joinKeys.length + index] ?? ''));
}

function keptTexts({ dictionary, codes }: TextColumn, isErased: Uint8Array): TextColumn {
  const kept: string[] = [];
  const codeOf = new Map<number, number>();
  const left = codes.map((code, row) => {
    if (isErased[row] === 1 || code === nullCode) return nullCode;
    let translated = codeOf.get(code);
    if (translated === undefined) {
      translated = kept.push(dictionary[code] ?? '') - 1;
      codeOf.set(code, translated);
    }
    return translated;
  });
  return { dictionary: kept, codes: left };
}
