/** Bytes before each message: a flag and the length, big-endian. */
const prefixBytes = 5;

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

/**
 * Puts the one message of a unary request together. A message that comes in one piece is a view of that piece, any other is copied once, to where
 * it stays: pieces are not kept until the last one is there.
 */
export class MessageAssembly {
  readonly #bytesMax: number;
  /** Pieces, until it is worth to reserve the memory of the whole. */
  #pieces: Buffer[] = [];
  #piecesBytes = 0;
  #whole: Buffer | undefined;
  #filledBytes = 0;
  #state: AssemblyState = open;

  /** @param bytesMax largest message that is taken */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Takes the next piece; once the state is not `open`, it stays, but that a whole message becomes `excess` when more comes. */
  push(piece: Buffer): AssemblyState {
    if (this.#state.kind === 'whole' && piece.length > 0) this.#state = { kind: 'excess' };
    if (this.#state.kind !== 'open') return this.#state;
    this.#state = this.#whole === undefined ? this.#gather(piece) : this.#fill(this.#whole, piece);
    return this.#state;
  }

  #gather(piece: Buffer): AssemblyState {
    this.#pieces.push(piece);
    this.#piecesBytes += piece.length;
    if (this.#piecesBytes < prefixBytes) return open;
    const [first = piece] = this.#pieces;
    const head = first.length >= prefixBytes ? first : Buffer.concat(this.#pieces);
    if (head[0] !== 0) return { kind: 'compressed' };
    const bytes = head.readUInt32BE(1);
    if (bytes > this.#bytesMax) return { kind: 'too-large', bytes };
    const arrivedBytes = this.#piecesBytes - prefixBytes;
    if (arrivedBytes > bytes) return { kind: 'excess' };
    if (arrivedBytes === bytes) return { kind: 'whole', message: this.#joined() };
    // A quarter has to be there before memory is reserved for the rest: who sends little can't have much reserved.
    if (arrivedBytes * 4 < bytes) return open;
    const whole = Buffer.allocUnsafeSlow(bytes);
    this.#filledBytes = this.#joined().copy(whole);
    this.#pieces = [];
    this.#whole = whole;
    return open;
  }

  #fill(whole: Buffer, piece: Buffer): AssemblyState {
    if (this.#filledBytes + piece.length > whole.length) return { kind: 'excess' };
    piece.copy(whole, this.#filledBytes);
    this.#filledBytes += piece.length;
    return this.#filledBytes === whole.length ? { kind: 'whole', message: whole } : open;
  }

  #joined(): Buffer {
    const [first] = this.#pieces;
    const all = this.#pieces.length === 1 && first ? first : Buffer.concat(this.#pieces);
    return all.subarray(prefixBytes);
  }
}
