import type { KeyValueStore, StoreTable } from '../../shared/platform/store/key-value-store.ts';
import type { StoredShadow } from '../ports.ts';
import { bitOf, blockOf, byBlock, idsOf, isRecordId, placeOf } from './record-blocks.ts';
import { type Segment, SegmentReader, SegmentWriter, segmentsOf } from './record-segments.ts';

/** What a shadow's answer is, by its number on disk. */
const [isNothing, isScore, isFailure] = [0, 1, 2];

/** Answers of shadows in LMDB: those to the predictions of a block lie in one value, as {@link PredictionBlocks} keeps these; a segment is of one version. */
export class ShadowBlocks {
  readonly #table: StoreTable;
  readonly #writer = new SegmentWriter();
  /** The block that was read last: who asks for one prediction asks for its neighbours next. Undefined after each change. */
  #read: { readonly block: string; readonly records: readonly StoredShadow[] } | undefined;

  constructor(store: KeyValueStore) {
    this.#table = store.table('shadow-blocks');
  }

  /** Keeps answers that are not there, one of a version to a prediction, and gives them. Inside a commit only. */
  add(shadows: readonly StoredShadow[]): readonly StoredShadow[] {
    this.#read = undefined;
    const added: StoredShadow[] = [];
    for (const [block, records] of byBlock(shadows)) {
      const known = this.#table.get(block);
      const fresh = freshOf(records, known);
      if (fresh.length === 0) continue;
      added.push(...fresh);
      this.#write(block, known, fresh);
    }
    return added;
  }

  /** Gives the answers to one prediction, by version. */
  get(predictionId: string): readonly StoredShadow[] {
    if (!isRecordId(predictionId)) return [];
    const block = blockOf(predictionId);
    if (this.#read?.block !== block) {
      const bytes = this.#table.get(block);
      this.#read = { block, records: bytes === undefined ? [] : blockRecords(block, bytes) };
    }
    return this.#read.records.filter((shadow) => shadow.predictionId === predictionId);
  }

  /** Gives all, in the order of ids, those of one id by version. */
  *all(): Generator<StoredShadow> {
    for (const { key, value } of this.#table.range()) yield* blockRecords(String(key), value);
  }

  /** Removes all answers to predictions at places of blocks. Inside a commit only. */
  remove(masks: ReadonlyMap<string, number>): void {
    this.#read = undefined;
    for (const [block, gone] of masks) {
      const bytes = this.#table.get(block);
      if (bytes === undefined) continue;
      const segments = segmentsOf(bytes);
      if (segments.every(({ mask }) => (mask & ~gone) === 0)) this.#table.remove(block);
      else if (segments.some(({ mask }) => (mask & gone) !== 0)) {
        const left = blockRecords(block, bytes).filter(
          ({ predictionId }) => (gone & bitOf(placeOf(predictionId))) === 0,
        );
        this.#write(block, undefined, left);
      }
    }
  }

  bytes(): number {
    return this.#table.bytes();
  }

  #write(block: string, known: Uint8Array | undefined, shadows: readonly StoredShadow[]): void {
    this.#writer.begin(known);
    for (const version of new Set(shadows.map((shadow) => shadow.version))) {
      const ofVersion = shadows.filter((shadow) => shadow.version === version);
      writeSegment(this.#writer, version, ofVersion);
    }
    this.#table.put(block, this.#writer.written());
  }
}

/** Gives those that are not there, each once. */
function freshOf(
  shadows: readonly StoredShadow[],
  block: Uint8Array | undefined,
): readonly StoredShadow[] {
  const masks = new Map<number, number>();
  for (const segment of block === undefined ? [] : segmentsOf(block)) {
    const version = new SegmentReader(segment).unsigned();
    masks.set(version, (masks.get(version) ?? 0) | segment.mask);
  }
  return shadows.filter(({ predictionId, version }) => {
    const [mask, bit] = [masks.get(version) ?? 0, bitOf(placeOf(predictionId))];
    masks.set(version, mask | bit);
    return (mask & bit) === 0;
  });
}

function writeSegment(
  writer: SegmentWriter,
  version: number,
  shadows: readonly StoredShadow[],
): void {
  writer.unsigned(version);
  const ordered = [...shadows].sort(
    (left, right) => placeOf(left.predictionId) - placeOf(right.predictionId),
  );
  let mask = 0;
  for (const { predictionId, result, score, failedReason, latencyMs } of ordered) {
    mask |= bitOf(placeOf(predictionId));
    writer.float64(latencyMs);
    if (result === 'score') {
      writer.unsigned(isScore);
      writer.float64(score ?? 0);
    } else if (result === 'failedReason') {
      writer.unsigned(isFailure);
      writer.sharedText(failedReason ?? '');
    } else writer.unsigned(isNothing);
  }
  writer.end(mask >>> 0);
}

/** Gives the answers of a block by place, those of a place by version. */
function blockRecords(block: string, bytes: Uint8Array): StoredShadow[] {
  const ids = idsOf(block);
  const records = segmentsOf(bytes).flatMap((segment) => recordsOf(ids, segment));
  return records.sort(
    (left, right) =>
      placeOf(left.predictionId) - placeOf(right.predictionId) || left.version - right.version,
  );
}

function recordsOf(ids: readonly string[], segment: Segment): StoredShadow[] {
  const reader = new SegmentReader(segment);
  const version = reader.unsigned();
  const records: StoredShadow[] = [];
  for (const [place, predictionId] of ids.entries()) {
    if ((segment.mask & bitOf(place)) === 0) continue;
    const latencyMs = reader.float64();
    const result = reader.unsigned();
    if (result === isScore) {
      const score = reader.float64();
      records.push({ predictionId, version, latencyMs, score, result: 'score' });
    } else if (result === isFailure) {
      const failedReason = reader.sharedText();
      records.push({ predictionId, version, latencyMs, failedReason, result: 'failedReason' });
    } else records.push({ predictionId, version, latencyMs });
  }
  reader.end();
  return records;
}
