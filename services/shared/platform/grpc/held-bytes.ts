const slabBytesFirst = 1024;
const slabBytesMax = 64 * 1024;
const nothing = Buffer.alloc(0);

/**
 * Bytes of a stream that came before somebody wants them, in their order. They are copied: a view of what came would keep all alive that came with it, which may
 * be thousands of times as much. What was given is never written to again.
 */
export class HeldBytes {
  /** Full ones, the first to be read first. */
  readonly #slabs: Buffer[] = [];
  /** The last one, which fills. */
  #tail: Buffer = nothing;
  #from = 0;
  #to = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Adds at the end. */
  push(piece: Uint8Array): void {
    const room = Math.min(piece.length, this.#tail.length - this.#to);
    this.#fill(piece.subarray(0, room));
    if (room === piece.length) return;
    if (this.#to > this.#from) this.#slabs.push(this.#tail.subarray(this.#from, this.#to));
    const left = piece.length - room;
    const wanted = Math.min(slabBytesMax, Math.max(slabBytesFirst, this.#length));
    this.#tail = Buffer.allocUnsafe(Math.max(left, wanted));
    this.#from = 0;
    this.#to = 0;
    this.#fill(piece.subarray(room));
  }

  /** Gives the first bytes, as many as lie side by side, and leaves them there; none where there are none. */
  peek(): Buffer {
    return this.#slabs[0] ?? this.#tail.subarray(this.#from, this.#to);
  }

  /** Lets so many bytes of what `peek` gave go. */
  drop(bytes: number): void {
    this.#length -= bytes;
    const [first] = this.#slabs;
    if (first !== undefined) {
      if (bytes < first.length) this.#slabs[0] = first.subarray(bytes);
      else this.#slabs.shift();
      return;
    }
    this.#from += bytes;
    // Who holds nothing keeps nothing.
    if (this.#from === this.#to) this.clear();
  }

  /** Lets all go. */
  clear(): void {
    this.#slabs.length = 0;
    this.#tail = nothing;
    this.#from = 0;
    this.#to = 0;
    this.#length = 0;
  }

  #fill(piece: Uint8Array): void {
    this.#tail.set(piece, this.#to);
    this.#to += piece.length;
    this.#length += piece.length;
  }
}
