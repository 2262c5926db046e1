/** What event ids are stored in. */
export interface EventIdStore {
  /** Gives a page of the set of small integer ids of a source: `pageBytes` long; undefined when none of it is taken. */
  idPage(source: string, page: number): Uint8Array | undefined;
  /** Says whether an id that is not a small integer is taken. */
  hasTextId(source: string, id: string): boolean;
}

/** Ids that have been claimed and are not yet stored. */
export interface ClaimedIds {
  readonly pages: readonly {
    readonly source: string;
    readonly page: number;
    readonly bits: Uint8Array;
  }[];
  readonly texts: readonly { readonly source: string; readonly id: string }[];
}

/** Bytes of a page: 4,096 ids. A batch of ids in order touches one or two. */
export const pageBytes = 512;

const pageIds = pageBytes * 8;

/** Ids below are bits, the others texts: the bits of a source take 16 MiB at most. */
const bitIdsMax = 1 << 27;

/**
 * The ids of all events of the log, exactly: small integers as bits, in pages that stay in memory, all others as texts in
 * the store. Claims become known to others at once, and stay only when they are settled.
 */
export class EventIds {
  readonly #store: EventIdStore;
  readonly #pages = new Map<string, Map<number, Uint8Array>>();
  #claimedPages = new Map<string, { source: string; page: number; bits: Uint8Array }>();
  #claimedTexts = new Map<string, { source: string; id: string }>();

  constructor(store: EventIdStore) {
    this.#store = store;
  }

  /** Takes an id for a new event; false when an event has it already. */
  claim(source: string, id: string): boolean {
    const number = smallInteger(id);
    return number === undefined ? this.#claimText(source, id) : this.#claimBit(source, number);
  }

  /** Gives what was claimed since the last settlement. */
  claimed(): ClaimedIds {
    return { pages: [...this.#claimedPages.values()], texts: [...this.#claimedTexts.values()] };
  }

  /** Says that what was claimed is stored. */
  settle(): void {
    for (const { source, page, bits } of this.#claimedPages.values()) {
      this.#pagesOf(source).set(page, bits);
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
  }

  #forgetClaims(): void {
    this.#claimedPages = new Map();
    this.#claimedTexts = new Map();
  }

  #claimText(source: string, id: string): boolean {
    const key = `${source}\0${id}`;
    if (this.#claimedTexts.has(key) || this.#store.hasTextId(source, id)) return false;
    this.#claimedTexts.set(key, { source, id });
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
  if (!/^(0|[1-9]\d{0,8})$/.test(id)) return undefined;
  const number = Number(id);
  return number < bitIdsMax ? number : undefined;
}
