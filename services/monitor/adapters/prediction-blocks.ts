import type { KeyValueStore, StoreTable } from '../../shared/platform/store/key-value-store.ts';
import type { StoredPrediction } from '../ports.ts';
import {
  bitOf,
  blockIds,
  blockOf,
  byBlock,
  countOf,
  idsOf,
  isRecordId,
  placeOf,
} from './record-blocks.ts';
import { type Segment, SegmentReader, SegmentWriter, segmentsOf } from './record-segments.ts';

/** In the order of their numbers on disk: a new one goes to the end. */
const tiers = ['TIER_UNSPECIFIED', 'TIER_MODEL', 'TIER_FALLBACK', 'TIER_RULES'] as const;
const roles = [
  ...(['ROLE_UNSPECIFIED', 'ROLE_PRODUCTION', 'ROLE_SHADOW', 'ROLE_CONTROL'] as const),
  'ROLE_CANARY',
] as const;

/**
 * Predictions in LMDB: the records of 32 ids of a router lie in one value, under the id that is the first of them. A record alone costs LMDB a search, a copy and an entry of a
 * page, and as much again when it goes. What one batch has added to a block is a segment of it, which is never changed.
 */
export class PredictionBlocks {
  readonly #table: StoreTable;
  readonly #writer = new SegmentWriter();
  /** The block that was read last: who asks for one prediction asks for its neighbours next. Undefined after each change. */
  #read: { readonly block: string; readonly records: readonly StoredPrediction[] } | undefined;

  constructor(store: KeyValueStore) {
    this.#table = store.table('prediction-blocks');
  }

  /** Keeps predictions whose ids are not there, and gives them. Inside a commit only. */
  add(predictions: readonly StoredPrediction[]): readonly StoredPrediction[] {
    this.#read = undefined;
    const added: StoredPrediction[] = [];
    for (const [block, records] of byBlock(predictions)) {
      const known = this.#table.get(block);
      const fresh = byPlace(records, known === undefined ? 0 : maskOf(known));
      if (fresh.length === 0) continue;
      added.push(...fresh);
      this.#writer.begin(known);
      writeSegments(this.#writer, fresh);
      this.#table.put(block, this.#writer.written());
    }
    return added;
  }

  get(predictionId: string): StoredPrediction | undefined {
    if (!isRecordId(predictionId)) return undefined;
    const block = blockOf(predictionId);
    if (this.#read?.block !== block) {
      const bytes = this.#table.get(block);
      this.#read = { block, records: bytes === undefined ? [] : blockRecords(block, bytes) };
    }
    return this.#read.records.find((record) => record.predictionId === predictionId);
  }

  /** Gives which places of a block are there. */
  mask(block: string): number {
    const bytes = this.#table.get(block);
    return bytes === undefined ? 0 : maskOf(bytes);
  }

  /** Gives the predictions of a router, its newest first, lazily. */
  *newestOf(router: string): Generator<StoredPrediction> {
    const range = { start: `${router}-`, end: `${router}.`, isReverse: true };
    for (const { key, value } of this.#table.range(range)) {
      yield* blockRecords(String(key), value).reverse();
    }
  }

  /** Gives the routers whose predictions are kept, the last one started first. A look-up each. */
  routers(): readonly string[] {
    const routers: string[] = [];
    for (let end: string | undefined; ; ) {
      const range = { ...(end === undefined ? {} : { end }), limit: 1, isReverse: true };
      const [last] = [...this.#table.keys(range)];
      if (last === undefined) return routers;
      const router = String(last).slice(0, String(last).indexOf('-'));
      routers.push(router);
      end = `${router}-`;
    }
  }

  /** Gives all, in the order of ids. */
  *all(): Generator<StoredPrediction> {
    for (const { key, value } of this.#table.range()) yield* blockRecords(String(key), value);
  }

  /** Removes places of blocks, and gives how many predictions went. Inside a commit only. */
  remove(masks: ReadonlyMap<string, number>): number {
    this.#read = undefined;
    let removed = 0;
    for (const [block, mask] of masks) {
      const bytes = this.#table.get(block);
      if (bytes === undefined) continue;
      removed += countOf(maskOf(bytes) & mask);
      if ((maskOf(bytes) & ~mask) === 0) this.#table.remove(block);
      else this.#keepOthers(block, bytes, mask);
    }
    return removed;
  }

  bytes(): number {
    return this.#table.bytes();
  }

  /** What is left of a block is written anew: nothing of what is gone stays in it. */
  #keepOthers(block: string, bytes: Uint8Array, mask: number): void {
    const left = blockRecords(block, bytes).filter(
      ({ predictionId }) => (mask & bitOf(placeOf(predictionId))) === 0,
    );
    this.#writer.begin(undefined);
    writeSegments(this.#writer, left);
    this.#table.put(block, this.#writer.written());
  }
}

/** Gives those that are not there, each id once, by place. */
function byPlace(records: readonly StoredPrediction[], known: number): readonly StoredPrediction[] {
  const places: (StoredPrediction | undefined)[] = new Array(blockIds).fill(undefined);
  for (const record of records) {
    const place = placeOf(record.predictionId);
    if ((known & bitOf(place)) === 0) places[place] ??= record;
  }
  return places.filter((record) => record !== undefined);
}

function maskOf(block: Uint8Array): number {
  return segmentsOf(block).reduce((sum, { mask }) => sum | mask, 0) >>> 0;
}

/** Writes records, by place, as segments of those that were taken together. */
function writeSegments(writer: SegmentWriter, records: readonly StoredPrediction[]): void {
  for (let from = 0; from < records.length; ) {
    const { receivedAtMs, intake } = records[from] ?? { receivedAtMs: 0, intake: 0 };
    writer.float64(receivedAtMs);
    writer.float64(intake);
    let mask = 0;
    for (; from < records.length; from += 1) {
      const record = records[from];
      if (record?.receivedAtMs !== receivedAtMs || record.intake !== intake) break;
      mask |= bitOf(placeOf(record.predictionId));
      writeRecord(writer, record);
    }
    writer.end(mask >>> 0);
  }
}

function writeRecord(writer: SegmentWriter, record: StoredPrediction): void {
  const { stamp, keys, shadowVersions } = record;
  writer.sharedText(record.model);
  writer.unsigned(Math.max(0, tiers.indexOf(record.tier)));
  writer.unsigned(Math.max(0, roles.indexOf(record.role)));
  writer.unsigned(record.version);
  writer.unsigned(record.assignedVersion);
  writer.float64(record.score);
  writer.unsigned(keys.length);
  for (const key of keys) writer.text(key);
  writer.unsigned(stamp === null ? 0 : 1);
  if (stamp !== null) {
    writer.float64(stamp.atMs);
    writer.float64(stamp.logOffset);
    writer.sharedText(stamp.featureSetHash);
  }
  writer.bytes(record.values);
  writer.bytes(record.statuses);
  writer.bytes(record.requestValues);
  writer.float64(record.latencyMs);
  writer.float64(record.modelMs);
  writer.float64(record.modelBudgetMs);
  writer.float64(record.atMs);
  writer.sharedText(record.skippedReason);
  writer.text(record.traceId);
  writer.unsigned(shadowVersions.length);
  for (const version of shadowVersions) writer.unsigned(version);
}

/** Gives the records of a block, by place. */
function blockRecords(block: string, bytes: Uint8Array): StoredPrediction[] {
  const [first, ...more] = segmentsOf(bytes);
  const ids = idsOf(block);
  const records = first === undefined ? [] : recordsOf(ids, first);
  if (more.length === 0) return records;
  const all = [...records, ...more.flatMap((segment) => recordsOf(ids, segment))];
  return all.sort((left, right) => placeOf(left.predictionId) - placeOf(right.predictionId));
}

function recordsOf(ids: readonly string[], segment: Segment): StoredPrediction[] {
  const reader = new SegmentReader(segment);
  const taken = { receivedAtMs: reader.float64(), intake: reader.float64() };
  const records: StoredPrediction[] = [];
  for (const [place, id] of ids.entries()) {
    if ((segment.mask & bitOf(place)) !== 0) records.push(readRecord(reader, id, taken));
  }
  reader.end();
  return records;
}

function readRecord(
  reader: SegmentReader,
  predictionId: string,
  { receivedAtMs, intake }: Pick<StoredPrediction, 'receivedAtMs' | 'intake'>,
): StoredPrediction {
  // The order of the fields is that in which they were written.
  return {
    predictionId,
    model: reader.sharedText(),
    tier: tiers[reader.unsigned()] ?? 'TIER_UNSPECIFIED',
    role: roles[reader.unsigned()] ?? 'ROLE_UNSPECIFIED',
    version: reader.unsigned(),
    assignedVersion: reader.unsigned(),
    score: reader.float64(),
    keys: readList(reader, () => reader.text()),
    stamp: readStamp(reader),
    values: reader.bytes(),
    statuses: reader.bytes(),
    requestValues: reader.bytes(),
    latencyMs: reader.float64(),
    modelMs: reader.float64(),
    modelBudgetMs: reader.float64(),
    atMs: reader.float64(),
    skippedReason: reader.sharedText(),
    traceId: reader.text(),
    shadowVersions: readList(reader, () => reader.unsigned()),
    receivedAtMs,
    intake,
  };
}

function readStamp(reader: SegmentReader): StoredPrediction['stamp'] {
  if (reader.unsigned() === 0) return null;
  const [atMs, logOffset] = [reader.float64(), reader.float64()];
  return { atMs, logOffset, featureSetHash: reader.sharedText() };
}

function readList<T>(reader: SegmentReader, read: () => T): readonly T[] {
  const items: T[] = [];
  for (let left = reader.unsigned(); left > 0; left -= 1) items.push(read());
  return items;
}
