import { crc32 } from 'node:zlib';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { KeyValueStore, type StoreTable } from '../../shared/platform/store/key-value-store.ts';
import type { RetainedLog } from '../../shared/platform/store/retention.ts';
import { decodeAnswerBlock, readAnswerBlockHead, tailBytes } from '../core/answer-codec.ts';
import type { AnswerRecord, AnswerStore, StoredAnswers } from '../ports.ts';

/** Blocks that one commit removes at most: so many more go than come that the log does not grow. */
const removedMax = 256;

/** Between two notes of how far the log has come. */
const noteEveryMs = 60_000;

/** The log of answers in an LMDB folder of its own. Several threads of one process may have it open; one of them writes. */
export class LmdbAnswerStore implements AnswerStore, RetainedLog {
  readonly name = 'answers';
  readonly #store: KeyValueStore;
  readonly #blocks: StoreTable;
  /** By time, epoch ms: the number of the first answer that was not there yet. */
  readonly #times: StoreTable;
  readonly #now: () => number;

  /**
   * @param now gives the time, epoch ms, by which answers get old
   * @throws {MeshError} DATA_LOSS / STATE_CORRUPT when the folder holds no such store.
   */
  constructor(directory: string, now: () => number) {
    this.#store = KeyValueStore.open({ directory });
    this.#blocks = this.#store.table('answers');
    this.#times = this.#store.table('answer-times');
    this.#now = now;
  }

  /** As KeyValueStore.renew. */
  renew(): void {
    this.#store.renew();
  }

  bounds(): { readonly first: number; readonly next: number } {
    const [oldest] = this.#blocks.keys({ limit: 1 });
    const [newest] = this.newestFirst(Number.POSITIVE_INFINITY);
    if (oldest === undefined || newest === undefined) return { first: 1, next: 1 };
    return { first: Number(oldest), next: newest.head.firstAnswer + newest.head.rows };
  }

  async append(blocks: readonly AnswerRecord[], keepFrom: number): Promise<void> {
    const puts = blocks.map(({ firstAnswer, bytes }) => ({
      key: firstAnswer,
      value: withChecksum(bytes),
    }));
    // The last block that begins before it may reach over it, and stays.
    const old = [...this.#blocks.keys({ end: keepFrom, limit: removedMax })].slice(0, -1);
    await this.#blocks.write({ puts, removes: old });
    await this.#note(blocks[0]?.firstAnswer);
  }

  bytes(): number {
    return this.#blocks.bytes();
  }

  oldestMs(): number | undefined {
    const [, newer] = this.#blocks.keys({ limit: 2 });
    if (newer === undefined) return undefined;
    // Where nothing was noted, what there is may be as old as this moment.
    for (const key of this.#times.keys({ limit: 1 })) return Number(key);
    return this.#now();
  }

  async letGo(beforeMs: number): Promise<number> {
    const keepFrom = Number.isFinite(beforeMs)
      ? this.#firstAfter(beforeMs)
      : Number.MAX_SAFE_INTEGER;
    // The last block that begins before it may reach over it, and the newest stays in any case.
    const old = [...this.#blocks.keys({ end: keepFrom, limit: removedMax })].slice(0, -1);
    const [next] = this.#blocks.keys({ start: Number(old.at(-1) ?? 0) + 1, limit: 1 });
    return await this.#store.commit(() => {
      for (const key of old) this.#blocks.remove(key);
      // What was noted of answers that are gone says nothing more.
      const notes = [...this.#times.range({ limit: removedMax })].filter(
        ({ key, value }) => numberOf(value) <= Number(next ?? 0) && Number(key) < beforeMs,
      );
      for (const { key } of notes) this.#times.remove(key);
      return old.length + notes.length;
    });
  }

  /** Gives the number of the first answer that may be younger than a time; 1 where none is known to be older. */
  #firstAfter(beforeMs: number): number {
    for (const { value } of this.#times.range({ end: beforeMs, isReverse: true, limit: 1 })) {
      return numberOf(value);
    }
    return 1;
  }

  /** Notes once a minute which answer comes first from now on. */
  async #note(firstAnswer: number | undefined): Promise<void> {
    const nowMs = this.#now();
    const [newest] = this.#times.keys({ isReverse: true, limit: 1 });
    if (firstAnswer === undefined || nowMs - Number(newest ?? 0) < noteEveryMs) return;
    await this.#store.commit(() => this.#times.put(nowMs, bytesOf(firstAnswer)));
  }

  *newestFirst(before: number): Generator<StoredAnswers> {
    const end = Number.isFinite(before) ? before : Number.MAX_SAFE_INTEGER;
    for (const { key, value } of this.#blocks.range({ end, isReverse: true })) {
      const bytes = opened(value, String(key));
      yield { head: readAnswerBlockHead(bytes), decode: () => decodeAnswerBlock(bytes) };
    }
  }

  async close(): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }
}

function withChecksum(record: Uint8Array): Uint8Array {
  const end = record.length - tailBytes;
  viewOf(record).setUint32(end, crc32(record.subarray(0, end)), true);
  return record;
}

function opened(record: Uint8Array, key: string): Uint8Array {
  const end = record.length - tailBytes;
  const bytes = record.subarray(0, Math.max(0, end));
  if (end >= 0 && viewOf(record).getUint32(end, true) === crc32(bytes)) return bytes;
  throw new MeshError({
    code: 'DATA_LOSS',
    reason: 'LOG_CORRUPT',
    message: `the log of answers is damaged: the block at answer ${key} does not match its checksum; remove the folder 'answers' of the feature service's data to begin a new one`,
    detail: { answer: key },
  });
}

function bytesOf(value: number): Uint8Array {
  return new Uint8Array(Float64Array.of(value).buffer);
}

function numberOf(bytes: Uint8Array): number {
  return viewOf(bytes).getFloat64(0, true);
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
