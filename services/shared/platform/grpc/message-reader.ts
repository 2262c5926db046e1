import { type AssemblyState, MessageAssembly, prefixBytes } from './message-assembly.ts';

/** Why a stream of messages can't be read on. */
export type MessageFault = Exclude<AssemblyState, { readonly kind: 'open' | 'whole' | 'excess' }>;

/** Cuts the body of a stream into its messages. One that comes in one piece, as small ones do, is a view of that piece. */
export class MessageReader {
  readonly #bytesMax: number;
  readonly #onMessage: (message: Buffer) => void;
  /** The message that has begun; undefined between two. */
  #assembly: MessageAssembly | undefined;
  #isOver = false;

  /**
   * @param bytesMax largest message that is taken
   * @param onMessage called for each, in their order, within `push`
   */
  constructor(bytesMax: number, onMessage: (message: Buffer) => void) {
    this.#bytesMax = bytesMax;
    this.#onMessage = onMessage;
  }

  /** Whether a message has begun that is not whole. */
  get isAmid(): boolean {
    return this.#assembly !== undefined;
  }

  /** Takes the next piece; gives why nothing more can be read, once. What comes after that is ignored. */
  push(piece: Buffer): MessageFault | undefined {
    let at = 0;
    while (at < piece.length && !this.#isOver) {
      const bytes = this.#assembly === undefined ? wholeBytes(piece, at, this.#bytesMax) : 0;
      if (bytes > 0) {
        this.#onMessage(piece.subarray(at + prefixBytes, at + bytes));
        at += bytes;
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
        this.#isOver = true;
        return state;
      }
    }
    return undefined;
  }

  /** Takes nothing more. */
  stop(): void {
    this.#isOver = true;
  }
}

/** Gives the bytes of the message that begins at `at`, prefix and all, where it is there and one that is taken; 0 otherwise. */
function wholeBytes(piece: Buffer, at: number, bytesMax: number): number {
  const left = piece.length - at - prefixBytes;
  if (left < 0 || piece[at] !== 0) return 0;
  const bytes = piece.readUInt32BE(at + 1);
  return bytes <= bytesMax && bytes <= left ? prefixBytes + bytes : 0;
}
