import { entityKey, type ViewPlan, viewId } from '../../shared/compute/plan.ts';
import {
  type ErasedPlace,
  type ErasureWork,
  eraseRows,
  keyHashOf,
  rowsOfPlace,
  type TouchedView,
} from '../core/erasure.ts';
import {
  decodeWholeRecord,
  encodeEventRecord,
  eventMarks,
  type WholeRecord,
} from '../core/event-codec.ts';
import { columnOf, type EventTable } from '../core/event-table.ts';
import { keyCheck, withColumns } from '../core/record-columns.ts';
import type { SourceSchema } from '../core/source-schema.ts';
import { removeMade } from '../offline/remove-made.ts';
import type { ErasedRecord } from '../ports.ts';
import { type JobContext, type JobRun, schemaOf } from './job-context.ts';
import type { JobRequest, JobResults } from './job-protocol.ts';
import { recordOffsets } from './record-offsets.ts';
import { remakeStates } from './remake-states.ts';

type EraseRequest = Extract<JobRequest, { kind: 'erase' }>;

/**
 * Erases an entity's events: out of the records of the log that hold some, which an index gives; history in files is left out
 * from then on, and rewritten by another job. Training sets and grids that were made out of them are removed. All of it takes effect in one transaction, which appends the erasure to the
 * log. Then makes the states anew that held some. Nobody may append to the log meanwhile.
 */
export async function eraseEntity(
  context: JobContext,
  request: EraseRequest,
  run: JobRun,
): Promise<JobResults['erase']> {
  const places = request.places.map((place): ErasedPlace => ({ ...place, texts: request.key }));
  const touched = new TouchedKeys();
  const records: ErasedRecord[] = [];
  let logEvents = 0;
  let historyEvents = 0;
  const files: string[] = [];
  for (const source of new Set(places.map((place) => place.source))) {
    const schema = schemaOf(context.mesh, source);
    const own = places.filter((place) => place.source === source);
    for (const { record, rows } of recordsOfPlaces(context, own, schema)) {
      touched.note(schema.views, record.events, { rows, marks: record.marks });
      records.push(erasedRecord(schema, record, rows));
      logEvents += rows.length;
    }
    const found = await noteHistory(context, { schema, places: own, touched }, run.signal);
    historyEvents += found;
    if (found > 0) files.push(source);
  }
  if (logEvents + historyEvents === 0) {
    return { logEvents, historyEvents, touched: [], logOffset: 0 };
  }
  const { entity, reason, erasedMs } = request;
  const logOffset = context.store.lastSeq() + 1;
  const erasure = { seq: logOffset, entity, reason, erasedMs, places, touched: touched.hashed() };
  const work: ErasureWork = { erasure, states: touched.states(), files };
  // Before the events: what is gone too early can be made again, what stays would hold them for good.
  const sources = [...new Set(places.map((place) => place.source))];
  removeMade(context, { sources, firstTs: touched.firstTs() });
  await context.store.erase({ records, work });
  return { logEvents, historyEvents, touched: await remakeStates(context, work, run), logOffset };
}

/** Columns of a place that are no keys of this mesh are looked at too. */
function keyTexts({ keyColumns }: SourceSchema, places: readonly ErasedPlace[]): readonly string[] {
  return [...new Set([...keyColumns, ...places.flatMap(({ columns }) => columns)])];
}

interface FoundRows {
  readonly record: WholeRecord;
  readonly rows: readonly number[];
}

/** Gives the records that hold events of these places, and which; through the index, record by record. */
function* recordsOfPlaces(
  { store }: JobContext,
  places: readonly ErasedPlace[],
  schema: SourceSchema,
): Generator<FoundRows> {
  const shape = { numbers: [], texts: keyTexts(schema, places) };
  for (const offset of recordOffsets(store, places)) {
    const bytes = store.recordAt(offset);
    if (bytes === undefined) continue;
    const stored = decodeWholeRecord(bytes);
    const events = withColumns(stored.source, stored.events, shape);
    const record = { ...stored, events };
    const rows = [...new Set(places.flatMap((place) => rowsOfPlace(record, place)))];
    if (rows.length > 0) yield { record, rows };
  }
}

function erasedRecord(
  { keyColumns }: SourceSchema,
  record: WholeRecord,
  rows: readonly number[],
): ErasedRecord {
  const left = eraseRows(record, rows);
  const goneKeys = new Map<string, readonly string[]>();
  for (const name of keyColumns) {
    const kept = new Set(left.events.texts.get(name)?.dictionary ?? []);
    const before = record.events.texts.get(name)?.dictionary ?? [];
    goneKeys.set(
      name,
      before.filter((text) => !kept.has(text)),
    );
  }
  return {
    source: record.source,
    firstSeq: record.events.seq[0] ?? 0,
    bytes: encodeEventRecord(left),
    goneKeys,
  };
}

interface HistoryNotes {
  readonly schema: SourceSchema;
  readonly places: readonly ErasedPlace[];
  readonly touched: TouchedKeys;
}

/** Notes the states that hold history of these places; gives how many events of the file are of one. */
async function noteHistory(
  context: JobContext,
  { schema, places, touched }: HistoryNotes,
  signal: AbortSignal,
): Promise<number> {
  const source = schema.source.name;
  const segment = context.store.segment(source);
  const manifest = context.manifestOf(source);
  if (manifest === undefined) return 0;
  const wanted = new Map<string, readonly string[]>();
  for (const { columns, texts } of places) {
    const [column = ''] = columns;
    wanted.set(column, [...(wanted.get(column) ?? []), texts[0] ?? '']);
  }
  const request = {
    manifest,
    schema,
    shape: { numbers: [], texts: keyTexts(schema, places), hasIds: false },
    fromTs: Number.NEGATIVE_INFINITY,
    untilTs: Number.POSITIVE_INFINITY,
    positionMax: manifest.rows,
    seqBefore: segment?.seqBefore ?? 0,
    wanted,
  };
  const lastSeq = segment === undefined ? 0 : segment.seqBefore + segment.rows;
  let count = 0;
  for await (const events of context.warehouse.scan(request, signal)) {
    const rows = rowsOfTable(events, places);
    count += rows.length;
    // What comes after history was never in a state.
    const known = rows.filter((row) => (events.seq[row] ?? 0) <= lastSeq);
    touched.note(schema.views, events, { rows: known, marks: undefined });
  }
  return count;
}

function rowsOfTable(events: EventTable, places: readonly ErasedPlace[]): readonly number[] {
  const ids = { kind: 'texts', texts: [] } as const;
  const record = { source: '', ingestedMs: 0, events, ids, marks: undefined };
  return [...new Set(places.flatMap((place) => rowsOfPlace(record, place)))];
}

/** Collects the keys of states that held erased events, and since when. */
class TouchedKeys {
  /** By the id of the states, then by key. */
  readonly #firstTs = new Map<string, Map<string, number>>();
  /** By source and by-columns: versions of a view have the same keys. */
  readonly #keyed = new Map<string, ReadonlyMap<string, number>>();

  note(
    views: readonly ViewPlan[],
    events: EventTable,
    { rows, marks }: { readonly rows: readonly number[]; readonly marks: Uint8Array | undefined },
  ): void {
    for (const { id, source, by } of views) {
      const columns = by.map((name) => columnOf(events.texts, name));
      const firstTs = this.#firstTs.get(id) ?? new Map<string, number>();
      this.#firstTs.set(id, firstTs);
      this.#keyed.set(viewId(source, by), firstTs);
      const hasKey = keyCheck(columns);
      for (const row of rows) {
        if (!hasKey(row)) continue;
        if (marks !== undefined && marks[row] !== eventMarks.kept) continue;
        const key = entityKey(
          columns.map(({ dictionary, codes }) => dictionary[codes[row] ?? 0] ?? ''),
        );
        const ts = events.ts[row] ?? 0;
        firstTs.set(key, Math.min(firstTs.get(key) ?? ts, ts));
      }
    }
  }

  /** By source and by-columns: the time of the first erased event; infinity where there was none. */
  firstTs(): ReadonlyMap<string, number> {
    return new Map(
      [...this.#keyed].map(([id, firstTs]) => [
        id,
        [...firstTs.values()].reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
      ]),
    );
  }

  states(): ErasureWork['states'] {
    return [...this.#firstTs].map(([id, firstTs]) => ({ viewId: id, keys: [...firstTs.keys()] }));
  }

  hashed(): readonly TouchedView[] {
    return [...this.#keyed].map(([id, entities]) => ({
      viewId: id,
      entities: [...entities].map(([key, firstTs]) => ({
        keyHash: keyHashOf(id, key),
        firstTs,
      })),
    }));
  }
}
