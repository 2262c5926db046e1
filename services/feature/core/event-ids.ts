import { hash } from 'node:crypto';
import type { BatchIds } from './batch-ids.ts';
import { hashOrder } from './hash-order.ts';

/** What event ids are stored in. */
export interface EventIdStore {
  /** Gives a page of the set of small integer ids of a source: `pageBytes` long; undefined when none of it is taken. */
  idPage(source: string, page: number): Uint8Array | undefined;
  /** Says whether the id with this hash, as {@link ClaimedIds} has it, is taken. */
  hasIdHash(hash: string): boolean;
  /** Gives the highest position that is taken of a partition; undefined when none is. */
  position(source: string, partition: string): number | undefined;
}

/** Ids that have been claimed and are not yet stored. */
export interface ClaimedIds {
  readonly pages: readonly {
    readonly source: string;
    readonly page: number;
    readonly bits: Uint8Array;
  }[];
  /**
   * In the order of {@link hashOrder}: the first 128 bits of the SHA-256 of source, U+0000 and id, as 16 characters of a byte each. Among 2^40 ids
   * the chance of two with one hash is 2^-49, whoever chose the ids.
   */
  readonly hashes: readonly string[];
  readonly positions: readonly {
    readonly source: string;
    readonly partition: string;
    readonly position: number;
  }[];
}

/** Bytes of a page: 4,096 ids. A batch of ids in order touches one or two. */
export const pageBytes = 512;

const pageIds = pageBytes * 8;

/** Ids below are bits, the others hashes: the bits of a source take 16 MiB at most. */
const bitIdsMax = 1 << 27;

/** Partitions whose highest position stays in memory. */
const positionsMax = 10_000;

interface Position {
  readonly source: string;
  readonly partition: string;
  readonly position: number;
}

/**
 * The ids of all events of the log: small integers as bits, in pages that stay in memory; positions by the highest one of
 * their partition; all others by a hash in the store. Claims become known to others at once, and stay only when they are
 * settled.
 */
export class EventIds {
  readonly #store: EventIdStore;
  readonly #pages = new Map<string, Map<number, Uint8Array>>();
  readonly #positions = new Map<string, number>();
  #claimedPages = new Map<string, { source: string; page: number; bits: Uint8Array }>();
  #claimedHashes = new Set<string>();
  #claimedPositions = new Map<string, Position>();

  constructor(store: EventIdStore) {
    this.#store = store;
  }

  /** Takes the ids of new events, and gives the rows, ascending, whose id no event had before. */
  claim(source: string, ids: BatchIds, rows: number): Uint32Array {
    if (ids.kind === 'positions') return this.#claimPositions(source, ids, rows);
    const isNew = new Uint8Array(rows);
    const hashes: string[] = [];
    const hashRows: number[] = [];
    for (let row = 0; row < rows; row += 1) {
      const id = ids.texts[row] ?? '';
      const number = smallInteger(id);
      if (number === undefined) {
        hashes.push(hashOf(source, id));
        hashRows.push(row);
      } else if (this.#claimBit(source, number)) isNew[row] = 1;
    }
    // In the order of the store, whose pages are then looked at once; of one id the first row counts.
    for (const index of hashOrder(hashes)) {
      if (this.#claimHash(hashes[index] ?? '')) isNew[hashRows[index] ?? 0] = 1;
    }
    return rowsOf(isNew);
  }

  /** Gives what was claimed since the last settlement. */
  claimed(): ClaimedIds {
    const hashes = [...this.#claimedHashes];
    return {
      pages: [...this.#claimedPages.values()],
      hashes: Array.from(hashOrder(hashes), (index) => hashes[index] ?? ''),
      positions: [...this.#claimedPositions.values()],
    };
  }

  /** Says that what was claimed is stored. */
  settle(): void {
    for (const { source, page, bits } of this.#claimedPages.values()) {
      this.#pagesOf(source).set(page, bits);
    }
    for (const [key, { position }] of this.#claimedPositions) {
      if (this.#positions.size >= positionsMax) this.#positions.clear();
      this.#positions.set(key, position);
    }
    this.#forgetClaims();
  }

  /** Says that what was claimed could not be stored: the ids are free again. */
  release(): void {
    this.#forgetClaims();
  }

  /** Forgets what it knows of the store, after somebody else wrote there. Nothing may be claimed. */
  reload(): void {
    this.#pages.clear();
    this.#positions.clear();
  }

  #forgetClaims(): void {
    this.#claimedPages = new Map();
    this.#claimedHashes = new Set();
    this.#claimedPositions = new Map();
  }

  /** Positions ascend, so that those that are new are the last rows. */
  #claimPositions(
    source: string,
    { partition, first }: BatchIds & { readonly kind: 'positions' },
    rows: number,
  ): Uint32Array {
    const key = `${source}\0${partition}`;
    const highest =
      this.#claimedPositions.get(key)?.position ??
      this.#positions.get(key) ??
      this.#store.position(source, partition) ??
      -1;
    const known = Math.min(rows, Math.max(0, highest + 1 - first));
    const position = first + rows - 1;
    if (known < rows) this.#claimedPositions.set(key, { source, partition, position });
    return Uint32Array.from({ length: rows - known }, (_, index) => known + index);
  }

  #claimHash(hash: string): boolean {
    if (this.#claimedHashes.has(hash) || this.#store.hasIdHash(hash)) return false;
    this.#claimedHashes.add(hash);
    return true;
  }

  #claimBit(source: string, id: number): boolean {
    const page = Math.floor(id / pageIds);
    const bit = id % pageIds;
    const byte = bit >>> 3;
    const mask = 1 << (bit & 7);
    const key = `${source}\0${page}`;
    const claimed = this.#claimedPages.get(key);
    const bits = claimed?.bits ?? this.#page(source, page);
    if (((bits[byte] ?? 0) & mask) !== 0) return false;
    const own = claimed?.bits ?? bits.slice();
    own[byte] = (own[byte] ?? 0) | mask;
    if (claimed === undefined) this.#claimedPages.set(key, { source, page, bits: own });
    return true;
  }

  #page(source: string, page: number): Uint8Array {
    const pages = this.#pagesOf(source);
    const known = pages.get(page);
    if (known !== undefined) return known;
    const bits = this.#store.idPage(source, page) ?? new Uint8Array(pageBytes);
    pages.set(page, bits);
    return bits;
  }

  #pagesOf(source: string): Map<number, Uint8Array> {
    let pages = this.#pages.get(source);
    if (pages === undefined) {
      pages = new Map();
      this.#pages.set(source, pages);
    }
    return pages;
  }
}

/** Only the canonical decimal form is an integer: '7' and '07' are two ids. */
function smallInteger(id: string): number | undefined {
  if (id.length > 9 || !/^(0|[1-9]\d{0,8})$/.test(id)) return undefined;
  const number = Number(id);
  return number < bitIdsMax ? number : undefined;
}

function hashOf(source: string, id: string): string {
  return hash('sha256', `${source}\0${id}`, 'binary').slice(0, 16);
}

function rowsOf(isNew: Uint8Array): Uint32Array {
  const rows = new Uint32Array(isNew.length);
  let count = 0;
  for (let row = 0; row < isNew.length; row += 1) {
    if (isNew[row] !== 1) continue;
    rows[count] = row;
    count += 1;
  }
  return rows.subarray(0, count);
}
