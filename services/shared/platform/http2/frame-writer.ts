import { frameHeadBytes } from './frames.ts';

/** A connection that says little holds little. */
const slabBytesFirst = 2 * 1024;
const slabBytesMax = 64 * 1024;
/** A copy of fewer bytes costs less than a write of their own. */
const copiedBytesMax = 16 * 1024;
const emptySlab = Buffer.alloc(0);

/** Where what was written goes. */
export interface ByteSink {
  write(bytes: Buffer): unknown;
  cork(): void;
  uncork(): void;
}

/**
 * Collects the frames that go out over one connection: small ones are copied side by side, so that all answers of a turn of the event loop are one write to the socket.
 */
export class FrameWriter {
  readonly #sink: ByteSink;
  readonly #onFirst: () => void;
  #slab: Buffer = emptySlab;
  #slabBytes = slabBytesFirst;
  /** Of the slab, what was not given to the sink begins here. */
  #from = 0;
  #at = 0;
  /** What goes before it. */
  #parts: Buffer[] = [];
  #partsBytes = 0;

  /** @param onFirst is called when something waits for {@link flush} that did not before */
  constructor(sink: ByteSink, onFirst: () => void) {
    this.#sink = sink;
    this.#onFirst = onFirst;
  }

  /** Bytes that wait. */
  get waitingBytes(): number {
    return this.#partsBytes + this.#at - this.#from;
  }

  /** Writes the head of a frame whose payload of `length` bytes follows. */
  head(length: number, type: number, flags: number, streamId: number): void {
    const at = this.#reserve(frameHeadBytes);
    const slab = this.#slab;
    slab[at] = length >>> 16;
    slab[at + 1] = (length >>> 8) & 0xff;
    slab[at + 2] = length & 0xff;
    slab[at + 3] = type;
    slab[at + 4] = flags;
    slab[at + 5] = streamId >>> 24;
    slab[at + 6] = (streamId >>> 16) & 0xff;
    slab[at + 7] = (streamId >>> 8) & 0xff;
    slab[at + 8] = streamId & 0xff;
  }

  /** Writes a number of 32 bits. */
  uint32(value: number): void {
    const at = this.#reserve(4);
    this.#slab.writeUInt32BE(value, at);
  }

  /** Writes a number of 16 bits. */
  uint16(value: number): void {
    const at = this.#reserve(2);
    this.#slab.writeUInt16BE(value, at);
  }

  /** Writes bytes; many are not copied, and may not change until they have left. */
  bytes(bytes: Uint8Array): void {
    if (bytes.length > copiedBytesMax) {
      this.#note();
      this.#cut();
      this.#push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
      return;
    }
    const at = this.#reserve(bytes.length);
    this.#slab.set(bytes, at);
  }

  /** Gives all that waits to the sink. */
  flush(): void {
    this.#cut();
    const parts = this.#parts;
    this.#parts = [];
    this.#partsBytes = 0;
    if (parts.length > 1) this.#sink.cork();
    for (const part of parts) this.#sink.write(part);
    if (parts.length > 1) this.#sink.uncork();
  }

  #note(): void {
    if (this.waitingBytes === 0) this.#onFirst();
  }

  #reserve(bytes: number): number {
    this.#note();
    if (this.#slab.length - this.#at < bytes) {
      this.#cut();
      this.#slab = Buffer.allocUnsafeSlow(Math.max(bytes, this.#slabBytes));
      this.#slabBytes = Math.min(slabBytesMax, this.#slabBytes * 2);
      this.#from = 0;
      this.#at = 0;
    }
    const at = this.#at;
    this.#at += bytes;
    return at;
  }

  /** What is in the slab so far becomes a part. */
  #cut(): void {
    if (this.#at === this.#from) return;
    this.#push(this.#slab.subarray(this.#from, this.#at));
    this.#from = this.#at;
  }

  #push(part: Buffer): void {
    this.#parts.push(part);
    this.#partsBytes += part.length;
  }
}
