import { HeldBytes } from './held-bytes.ts';
import { type AssemblyState, MessageAssembly, prefixBytes } from './message-assembly.ts';

/** Why a stream of messages can't be read on. */
export type MessageFault = Exclude<AssemblyState, { readonly kind: 'open' | 'whole' | 'excess' }>;

/**
 * Cuts the body of a stream into its messages. One that comes in one piece, as small ones do, is a view of that piece. While it is paused it holds what comes, which
 * whoever gives it the pieces has to bound.
 */
export class MessageReader {
  readonly #bytesMax: number;
  readonly #onMessage: (message: Buffer) => void;
  /** The message that has begun; undefined between two. */
  #assembly: MessageAssembly | undefined;
  /** What came while it was paused; undefined where nothing ever did. */
  #held: HeldBytes | undefined;
  #isPaused = false;
  #isReading = false;
  #isOver = false;

  /**
   * @param bytesMax largest message that is taken
   * @param onMessage called for each, in their order, within `push` and `resume`
   */
  constructor(bytesMax: number, onMessage: (message: Buffer) => void) {
    this.#bytesMax = bytesMax;
    this.#onMessage = onMessage;
  }

  /** Whether a message has begun that is not whole. */
  get isAmid(): boolean {
    return this.#assembly !== undefined;
  }

  /** Bytes that came and were not looked at. */
  get heldBytes(): number {
    return this.#held?.length ?? 0;
  }

  /** Takes the next piece; gives why nothing more can be read, once. What comes after that is ignored. */
  push(piece: Buffer): MessageFault | undefined {
    if (this.#isPaused) {
      this.#hold(piece);
      return undefined;
    }
    const read = this.#read(piece);
    if (typeof read !== 'number') return read;
    if (read < piece.length) this.#hold(piece.subarray(read));
    return undefined;
  }

  /** Gives no more messages, also of the piece that is read now. */
  pause(): void {
    this.#isPaused = true;
  }

  /** Gives what is held, up to the next pause; gives why nothing more can be read, as `push` does. */
  resume(): MessageFault | undefined {
    this.#isPaused = false;
    const held = this.#held;
    // Within a message, the loop that gave it goes on.
    if (held === undefined || this.#isReading) return undefined;
    while (held.length > 0 && !this.#isPaused) {
      const read = this.#read(held.peek());
      if (typeof read !== 'number') return read;
      // What stopped it has let all go.
      if (!this.#isOver) held.drop(read);
    }
    return undefined;
  }

  /** Takes nothing more. */
  stop(): void {
    this.#isOver = true;
    this.#assembly = undefined;
    this.#held?.clear();
  }

  #hold(piece: Buffer): void {
    if (this.#isOver) return;
    this.#held ??= new HeldBytes();
    this.#held.push(piece);
  }

  /** Gives how many bytes of a piece were read, or why they can't be. */
  #read(piece: Buffer): number | MessageFault {
    this.#isReading = true;
    try {
      return this.#cut(piece);
    } finally {
      this.#isReading = false;
    }
  }

  #cut(piece: Buffer): number | MessageFault {
    let at = 0;
    while (at < piece.length && !this.#isOver && !this.#isPaused) {
      const bytes = this.#assembly === undefined ? wholeBytes(piece, at, this.#bytesMax) : 0;
      if (bytes > 0) {
        const message = piece.subarray(at + prefixBytes, at + bytes);
        at += bytes;
        this.#onMessage(message);
        continue;
      }
      this.#assembly ??= new MessageAssembly(this.#bytesMax);
      const taken = Math.min(this.#assembly.wantedBytes, piece.length - at);
      const state = this.#assembly.push(piece.subarray(at, at + taken));
      at += taken;
      if (state.kind === 'whole') {
        this.#assembly = undefined;
        this.#onMessage(state.message);
      } else if (state.kind === 'compressed' || state.kind === 'too-large') {
        this.stop();
        return state;
      }
    }
    return this.#isOver ? piece.length : at;
  }
}

/** Gives the bytes of the message that begins at `at`, prefix and all, where it is there and one that is taken; 0 otherwise. */
function wholeBytes(piece: Buffer, at: number, bytesMax: number): number {
  const left = piece.length - at - prefixBytes;
  if (left < 0 || piece[at] !== 0) return 0;
  const bytes = piece.readUInt32BE(at + 1);
  return bytes <= bytesMax && bytes <= left ? prefixBytes + bytes : 0;
}
