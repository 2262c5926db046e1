import { BoundedFifo } from '../../shared/policy/bounded-fifo.ts';

/** Encoded records, one behind the other. */
export interface RecordPage {
  /** Memory, of which the first `length` bytes are records. */
  readonly memory: Buffer;
  readonly length: number;
  readonly records: number;
}

interface OpenPage {
  readonly memory: Buffer;
  length: number;
  records: number;
}

/** What {@link RecordPages} may hold. */
export interface RecordPagesOptions {
  /** Records that wait at most. */
  readonly recordsMax: number;
  /** Memory of those that wait, at most. */
  readonly bytesMax: number;
  /** Records in a page at most. */
  readonly pageRecordsMax: number;
  /** Size of a page; a record that is larger has one of its own. */
  readonly pageBytes: number;
}

/** Pages that are kept for the next records. */
const spareMax = 4;

/**
 * Records that wait, as bytes in a few large pieces of memory. Kept as objects until somebody has taken them, they were half of what the garbage collector of a
 * router had to copy.
 */
export class RecordPages {
  readonly #options: RecordPagesOptions;
  readonly #full = new BoundedFifo<RecordPage>(Number.POSITIVE_INFINITY);
  readonly #spare: Buffer[] = [];
  #open: OpenPage | undefined;
  #records = 0;
  #bytes = 0;

  constructor(options: RecordPagesOptions) {
    this.#options = options;
  }

  /** Records that wait. */
  get records(): number {
    return this.#records;
  }

  /** Copies a record to the end; false when there is no room. */
  add(record: Uint8Array): boolean {
    const { recordsMax, bytesMax } = this.#options;
    if (this.#records >= recordsMax || this.#bytes + record.length > bytesMax) return false;
    const page = this.#pageFor(record.length);
    page.memory.set(record, page.length);
    page.length += record.length;
    page.records += 1;
    this.#records += 1;
    this.#bytes += record.length;
    return true;
  }

  /** Takes the oldest page if it has at most `recordsMax` records; it belongs to the caller until it is given to {@link reuse}. */
  take(recordsMax: number): RecordPage | undefined {
    const page = this.#full.peek() ?? this.#open;
    if (page === undefined || page.records > recordsMax) return undefined;
    if (page === this.#open) this.#open = undefined;
    else this.#full.shift();
    this.#records -= page.records;
    this.#bytes -= page.length;
    return page;
  }

  /** Takes the memory of a page back, which nobody reads any more. */
  reuse({ memory }: RecordPage): void {
    const isLikeOthers = memory.length === this.#options.pageBytes;
    if (isLikeOthers && this.#spare.length < spareMax) this.#spare.push(memory);
  }

  #pageFor(bytes: number): OpenPage {
    const { pageBytes, pageRecordsMax } = this.#options;
    const open = this.#open;
    if (open !== undefined) {
      const hasRoom = open.length + bytes <= open.memory.length && open.records < pageRecordsMax;
      if (hasRoom) return open;
      this.#full.push(open);
    }
    const memory =
      bytes > pageBytes
        ? Buffer.allocUnsafeSlow(bytes)
        : (this.#spare.pop() ?? Buffer.allocUnsafeSlow(pageBytes));
    const made = { memory, length: 0, records: 0 };
    this.#open = made;
    return made;
  }
}
