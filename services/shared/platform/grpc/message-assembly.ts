/** Bytes before each message: a flag and the length, big-endian. */
export const prefixBytes = 5;

/** What pieces of a request have come to so far. */
export type AssemblyState =
  | { readonly kind: 'open' }
  /** More than one message, or more bytes than the first one says. */
  | { readonly kind: 'excess' }
  /** The flag says that it is compressed. */
  | { readonly kind: 'compressed' }
  | { readonly kind: 'too-large'; readonly bytes: number }
  | { readonly kind: 'whole'; readonly message: Buffer };

const open: AssemblyState = { kind: 'open' };
const empty = Buffer.alloc(0);

/**
 * Puts the one message of a unary request together. A message that comes in one piece is a view of that piece; of any other each byte is copied
 * less than twice, however small the pieces are, and no piece is kept until the last one is there.
 */
export class MessageAssembly {
  readonly #bytesMax: number;
  readonly #prefix = Buffer.alloc(prefixBytes);
  #prefixFilledBytes = 0;
  /** Known once the prefix is there. */
  #messageBytes = 0;
  /** Begins with what has arrived of the message; it grows. */
  #body: Buffer = empty;
  #filledBytes = 0;
  #state: AssemblyState = open;

  /** @param bytesMax largest message that is taken */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Bytes that are known to be missing: more may be once they are there, where they are those of the prefix. */
  get wantedBytes(): number {
    if (this.#state.kind !== 'open') return 0;
    const prefixMissing = prefixBytes - this.#prefixFilledBytes;
    return prefixMissing > 0 ? prefixMissing : this.#messageBytes - this.#filledBytes;
  }

  /** Takes the next piece; once the state is not `open`, it stays, but that a whole message becomes `excess` when more comes. */
  push(piece: Buffer): AssemblyState {
    if (this.#state.kind === 'whole' && piece.length > 0) this.#state = { kind: 'excess' };
    if (this.#state.kind === 'open') this.#state = this.#take(piece);
    return this.#state;
  }

  #take(piece: Buffer): AssemblyState {
    if (this.#prefixFilledBytes === prefixBytes) return this.#fill(piece);
    const copiedBytes = piece.copy(this.#prefix, this.#prefixFilledBytes);
    this.#prefixFilledBytes += copiedBytes;
    if (this.#prefixFilledBytes < prefixBytes) return open;
    if (this.#prefix[0] !== 0) return { kind: 'compressed' };
    const bytes = this.#prefix.readUInt32BE(1);
    if (bytes > this.#bytesMax) return { kind: 'too-large', bytes };
    this.#messageBytes = bytes;
    const rest = piece.subarray(copiedBytes);
    return rest.length === bytes ? { kind: 'whole', message: rest } : this.#fill(rest);
  }

  #fill(piece: Buffer): AssemblyState {
    const arrivedBytes = this.#filledBytes + piece.length;
    if (arrivedBytes > this.#messageBytes) return { kind: 'excess' };
    if (arrivedBytes > this.#body.length) {
      // A quarter has to be there before memory is reserved for the rest: who sends little can't have much reserved.
      const grown = Buffer.allocUnsafeSlow(Math.min(this.#messageBytes, arrivedBytes * 4));
      this.#body.copy(grown, 0, 0, this.#filledBytes);
      this.#body = grown;
    }
    piece.copy(this.#body, this.#filledBytes);
    this.#filledBytes = arrivedBytes;
    return arrivedBytes === this.#messageBytes ? { kind: 'whole', message: this.#body } : open;
  }
}
