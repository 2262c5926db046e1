import { markAsUntransferable } from 'node:worker_threads';
import { highWord, wholeNumber } from './whole-numbers.ts';

/** Bytes that messages share: as large that an allocation is a small part of what they cost, as small that one that is kept holds little else. */
const slabBytes = 16_384;
/** What larger messages are written to is kept for the next one up to this size. */
const scratchBytesMax = 1_048_576;
/** A tag and any number after it fit: 5 and 10 bytes. */
const tagAndNumberBytes = 15;
/** Bytes from here on are not copied twice: they are put between the others when the message is whole. */
const pieceBytesMin = 4096;
/** A text of fewer characters is written without a call out of JavaScript, which takes longer; its length fits in one byte of a varint. */
const shortTextMax = 40;

/** Large bytes, which stand in the message before the byte `at` of what is written. */
interface Piece {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/**
 * Writes the wire form of messages, one after the other. A message is a view of a slab that it shares with others; one that is larger has memory of its
 * own. The number that belongs to a tag follows it at once: the tag has made room for both. Positions count from the begin of the message.
 */
export class WireWriter {
  #slab = newSlab();
  /** Where the next message begins in the slab. */
  #slabFrom = 0;
  #scratch: Buffer = Buffer.alloc(0);
  /** The slab, or for a large message the scratch. */
  #bytes: Buffer = this.#slab;
  #view = viewOf(this.#bytes);
  /** Where the message begins in it. */
  #begin = 0;
  /** Byte of it that is written next. */
  #at = 0;
  #pieces: Piece[] = [];
  #low = 0;
  #high = 0;

  /** Gives the message that was written since the last one, and begins the next one. */
  finish(): Buffer {
    const written = this.#bytes.subarray(this.#begin, this.#at);
    if (this.#pieces.length === 0 && this.#bytes === this.#slab) {
      this.#slabFrom = (this.#at + 7) & -8;
      this.#begin = this.#slabFrom;
      this.#at = this.#slabFrom;
      return written;
    }
    const message = assembled(written, this.#pieces);
    this.discard();
    return message;
  }

  /** Gives what was written since the last message: good until something else is written, or this is forgotten. */
  written(): Buffer {
    const written = this.#bytes.subarray(this.#begin, this.#at);
    return this.#pieces.length === 0 ? written : assembled(written, this.#pieces);
  }

  /** Forgets what was written since the last message. */
  discard(): void {
    this.#at = this.#begin;
    if (this.#pieces.length > 0) this.#pieces = [];
    if (this.#bytes === this.#slab) return;
    if (this.#scratch.length > scratchBytesMax) this.#scratch = Buffer.alloc(0);
    this.#use(this.#slab, this.#slabFrom, 0);
  }

  /** Writes a tag. */
  tag(tag: number): void {
    if (this.#bytes.length - this.#at < tagAndNumberBytes) this.#grow(tagAndNumberBytes);
    if (tag < 0x80) this.#bytes[this.#at++] = tag;
    else this.uint32(tag);
  }

  /** Writes the tag of a packed field and gives where its values begin, of which `count` have room, each of `bytesMax` bytes. */
  packed(tag: number, count: number, bytesMax: number): number {
    const valueBytes = count * bytesMax;
    const room = tagAndNumberBytes + valueBytes;
    if (this.#bytes.length - this.#at < room) this.#grow(room);
    this.uint32(tag);
    this.#at += varintBytes(valueBytes);
    return this.#at - this.#begin;
  }

  /** Ends a packed field whose values began at `begin`. */
  endPacked(begin: number, count: number, bytesMax: number): void {
    this.close(begin, varintBytes(count * bytesMax));
  }

  /** Writes the tag of a message and leaves `lengthBytes` for its length; gives where it begins. */
  open(tag: number, lengthBytes: number): number {
    this.tag(tag);
    this.#at += lengthBytes;
    return this.#at - this.#begin;
  }

  /** Ends a message that began at `begin`, after `lengthBytes` left for its length; gives how many its length takes. */
  close(begin: number, lengthBytes: number): number {
    let length = this.#at - this.#begin - begin;
    if (this.#pieces.length > 0) length += pieceBytesFrom(this.#pieces, begin);
    if (length < 0x80 && lengthBytes === 1) {
      this.#bytes[this.#begin + begin - 1] = length;
      return 1;
    }
    const needed = varintBytes(length);
    if (needed !== lengthBytes) this.#shift(begin, needed - lengthBytes);
    const end = this.#at;
    this.#at = this.#begin + begin - lengthBytes;
    this.uint32(length);
    this.#at = end;
    return needed;
  }

  /** Writes a text after its tag. A surrogate without its other half becomes U+FFFD. */
  string(text: string): void {
    const { length } = text;
    const room = length * 3 + tagAndNumberBytes;
    if (this.#bytes.length - this.#at < room) this.#grow(room);
    if (length < shortTextMax && this.#shortText(text)) return;
    // As many bytes as characters, mostly: where not, what is written moves.
    const lengthBytes = varintBytes(length);
    const at = this.#at + lengthBytes;
    this.#at = at + this.#bytes.write(text, at);
    this.close(at - this.#begin, lengthBytes);
  }

  /** Writes bytes after their tag. */
  bytes(bytes: Uint8Array): void {
    const { length } = bytes;
    this.uint32(length);
    if (length >= pieceBytesMin) {
      this.#pieces.push({ at: this.#at - this.#begin, bytes });
      return;
    }
    const room = length + tagAndNumberBytes;
    if (this.#bytes.length - this.#at < room) this.#grow(room);
    this.#bytes.set(bytes, this.#at);
    this.#at += length;
  }

  double(value: number): void {
    this.#view.setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  float(value: number): void {
    this.#view.setFloat32(this.#at, value, true);
    this.#at += 4;
  }

  fixed32(value: number): void {
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  sfixed32(value: number): void {
    this.fixed32(value);
  }

  bool(value: unknown): void {
    this.#bytes[this.#at++] = value ? 1 : 0;
  }

  uint32(value: number): void {
    const bytes = this.#bytes;
    let at = this.#at;
    let left = value;
    while (left > 0x7f) {
      bytes[at++] = (left & 0x7f) | 0x80;
      left >>>= 7;
    }
    bytes[at++] = left;
    this.#at = at;
  }

  int32(value: number): void {
    if (value >= 0) this.uint32(value);
    else this.#varint64(value >>> 0, highWord - 1);
  }

  sint32(value: number): void {
    this.uint32(((value << 1) ^ (value >> 31)) >>> 0);
  }

  int64(value: unknown): void {
    this.#split(value, false);
    this.#varint64(this.#low, this.#high);
  }

  uint64(value: unknown): void {
    this.#split(value, true);
    this.#varint64(this.#low, this.#high);
  }

  sint64(value: unknown): void {
    this.#split(value, false);
    const sign = this.#high >> 31;
    const low = ((this.#low << 1) ^ sign) >>> 0;
    this.#varint64(low, (((this.#high << 1) | (this.#low >>> 31)) ^ sign) >>> 0);
  }

  fixed64(value: unknown): void {
    this.#split(value, true);
    this.fixed32(this.#low);
    this.fixed32(this.#high);
  }

  sfixed64(value: unknown): void {
    this.#split(value, false);
    this.fixed32(this.#low);
    this.fixed32(this.#high);
  }

  /** Tries a text of ASCII. */
  #shortText(text: string): boolean {
    const bytes = this.#bytes;
    const { length } = text;
    let at = this.#at;
    bytes[at++] = length;
    for (let index = 0; index < length; index += 1) {
      const unit = text.charCodeAt(index);
      if (unit > 0x7f) return false;
      bytes[at++] = unit;
    }
    this.#at = at;
    return true;
  }

  #varint64(low: number, high: number): void {
    let lowLeft = low;
    let highLeft = high;
    while (highLeft > 0) {
      this.#bytes[this.#at++] = (lowLeft & 0x7f) | 0x80;
      lowLeft = ((lowLeft >>> 7) | (highLeft << 25)) >>> 0;
      highLeft >>>= 7;
    }
    this.uint32(lowLeft);
  }

  #split(value: unknown, isUnsigned: boolean): void {
    const whole = wholeNumber(value, isUnsigned);
    if (typeof whole === 'number') {
      this.#low = whole >>> 0;
      this.#high = Math.floor(whole / highWord) >>> 0;
    } else {
      this.#low = Number(BigInt.asUintN(32, whole));
      this.#high = Number(BigInt.asUintN(32, whole >> 32n));
    }
  }

  /** Moves what was written from `begin` on. */
  #shift(begin: number, by: number): void {
    if (this.#bytes.length - this.#at < tagAndNumberBytes) this.#grow(tagAndNumberBytes);
    const from = this.#begin + begin;
    this.#bytes.copyWithin(from + by, from, this.#at);
    this.#at += by;
    if (this.#pieces.length === 0) return;
    this.#pieces = this.#pieces.map(({ at, bytes }) => ({ at: at < begin ? at : at + by, bytes }));
  }

  /** Takes what was written of this message to where there are `room` bytes more. */
  #grow(room: number): void {
    const written = this.#bytes.subarray(this.#begin, this.#at);
    const needed = written.length + room;
    if (needed <= slabBytes) {
      this.#slab = newSlab();
      this.#slabFrom = 0;
      this.#slab.set(written);
      this.#use(this.#slab, 0, written.length);
      return;
    }
    if (this.#scratch.length < needed) {
      const scratch = Buffer.allocUnsafeSlow(needed * 2);
      scratch.set(written);
      this.#scratch = scratch;
    } else this.#scratch.set(written);
    this.#use(this.#scratch, 0, written.length);
  }

  #use(bytes: Buffer, begin: number, writtenBytes: number): void {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
    this.#begin = begin;
    this.#at = begin + writtenBytes;
  }
}

/** A message that is posted to another thread must not take the slab along. */
function newSlab(): Buffer {
  const slab = Buffer.allocUnsafeSlow(slabBytes);
  markAsUntransferable(slab.buffer);
  return slab;
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}

function varintBytes(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  return value < 0x1000_0000 ? 4 : 5;
}

function pieceBytesFrom(pieces: readonly Piece[], begin: number): number {
  return pieces.reduce((sum, { at, bytes }) => (at < begin ? sum : sum + bytes.length), 0);
}

function assembled(written: Buffer, pieces: readonly Piece[]): Buffer {
  const message = Buffer.allocUnsafe(written.length + pieceBytesFrom(pieces, 0));
  let from = 0;
  let to = 0;
  for (const { at, bytes } of pieces) {
    message.set(written.subarray(from, at), to);
    to += at - from;
    message.set(bytes, to);
    to += bytes.length;
    from = at;
  }
  message.set(written.subarray(from), to);
  return message;
}
