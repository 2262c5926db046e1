import { crc32 } from 'node:zlib';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { KeyValueStore, type StoreTable } from '../../shared/platform/store/key-value-store.ts';
import { decodeAnswerBlock, readAnswerBlockHead, tailBytes } from '../core/answer-codec.ts';
import type { AnswerRecord, AnswerStore, StoredAnswers } from '../ports.ts';

/** Blocks that one commit removes at most: so many more go than come that the log does not grow. */
const removedMax = 256;

/** The log of answers in an LMDB folder of its own. Several threads of one process may have it open; one of them writes. */
export class LmdbAnswerStore implements AnswerStore {
  readonly #store: KeyValueStore;
  readonly #blocks: StoreTable;

  /** @throws {MeshError} DATA_LOSS / STATE_CORRUPT when the folder holds no such store. */
  constructor(directory: string) {
    this.#store = KeyValueStore.open({ directory });
    this.#blocks = this.#store.table('answers');
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

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
