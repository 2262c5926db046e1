import { MeshError } from '../../../kernel/mesh-error.ts';
import { delimited, fixed32, fixed64, varint } from '../wire-cursor.ts';
import { shortTextOf } from './short-text.ts';
import { signedText, unsignedText } from './whole-numbers.ts';

const nothing = Buffer.alloc(0);
/** Packed numbers from here on pay for a view of the message. */
const viewedNumbersMin = 16;

/**
 * Reads the wire form of messages, one after the other. Each read ends at `end` at the latest: where it would go beyond, or where the bytes are none that it
 * can read, it throws INVALID_ARGUMENT / INVALID_FIELD.
 */
export class WireReader {
  readonly #shortText = shortTextOf();
  readonly #word = new Uint32Array(2);
  readonly #float = new Float32Array(this.#word.buffer);
  readonly #double = new Float64Array(this.#word.buffer);
  #bytes: Buffer = nothing;
  #messageName = '';
  #low = 0;
  #high = 0;
  /** Byte that is read next. */
  at = 0;

  /** Begins a message of which bytes fields become views. */
  begin(bytes: Uint8Array, messageName: string): void {
    this.#bytes = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#messageName = messageName;
    this.at = 0;
  }

  /** Holds the message no longer. */
  release(): void {
    this.#bytes = nothing;
  }

  /** Reads a tag: the number of a field, shifted by three bits, and its wire type. */
  tag(end: number): number {
    const begin = this.at;
    if (begin < end) {
      const byte = this.#bytes[begin] ?? 0;
      if (byte < 0x80 && byte > 7) {
        this.at = begin + 1;
        return byte;
      }
    }
    this.#varint64(end);
    const tag = this.#low;
    if (this.#high !== 0 || tag < 8 || this.at - begin > 5) throw this.malformed(begin);
    return tag;
  }

  /** Reads a length and gives where what it measures ends. */
  delimitedEnd(end: number): number {
    const begin = this.at;
    const byte = begin < end ? (this.#bytes[begin] ?? 0) : 0xff;
    let length = byte;
    if (byte < 0x80) this.at = begin + 1;
    else {
      this.#varint64(end);
      length = this.#low;
      if (this.#high !== 0) throw this.malformed(begin);
    }
    if (length > end - this.at) throw this.malformed(begin);
    return this.at + length;
  }

  string(end: number): string {
    const textEnd = this.delimitedEnd(end);
    const begin = this.at;
    this.at = textEnd;
    return (
      this.#shortText(this.#bytes, begin, textEnd - begin) ??
      this.#bytes.toString('utf8', begin, textEnd)
    );
  }

  /** Reads bytes as a view of the message. */
  bytes(end: number): Buffer {
    const bytesEnd = this.delimitedEnd(end);
    const begin = this.at;
    this.at = bytesEnd;
    return this.#bytes.subarray(begin, bytesEnd);
  }

  double(end: number): number {
    this.#words(end);
    this.#word[0] = this.#low;
    this.#word[1] = this.#high;
    return this.#double[0] ?? 0;
  }

  float(end: number): number {
    this.#word[0] = this.fixed32(end);
    return this.#float[0] ?? 0;
  }

  fixed32(end: number): number {
    const bytes = this.#bytes;
    const { at } = this;
    if (end - at < 4) throw this.malformed(at);
    this.at = at + 4;
    return (
      ((bytes[at] ?? 0) |
        ((bytes[at + 1] ?? 0) << 8) |
        ((bytes[at + 2] ?? 0) << 16) |
        ((bytes[at + 3] ?? 0) << 24)) >>>
      0
    );
  }

  sfixed32(end: number): number {
    return this.fixed32(end) | 0;
  }

  bool(end: number): boolean {
    this.#varint64(end);
    return (this.#low | this.#high) !== 0;
  }

  uint32(end: number): number {
    const { at } = this;
    const byte = at < end ? (this.#bytes[at] ?? 0) : 0xff;
    if (byte < 0x80) {
      this.at = at + 1;
      return byte;
    }
    this.#varint64(end);
    return this.#low;
  }

  int32(end: number): number {
    return this.uint32(end) | 0;
  }

  sint32(end: number): number {
    const value = this.uint32(end);
    return (value >>> 1) ^ -(value & 1);
  }

  int64(end: number): string {
    this.#varint64(end);
    return signedText(this.#low, this.#high);
  }

  uint64(end: number): string {
    this.#varint64(end);
    return unsignedText(this.#low, this.#high);
  }

  sint64(end: number): string {
    this.#varint64(end);
    const sign = -(this.#low & 1);
    const low = (((this.#low >>> 1) | (this.#high << 31)) ^ sign) >>> 0;
    return signedText(low, ((this.#high >>> 1) ^ sign) >>> 0);
  }

  fixed64(end: number): string {
    this.#words(end);
    return unsignedText(this.#low, this.#high);
  }

  sfixed64(end: number): string {
    this.#words(end);
    return signedText(this.#low, this.#high);
  }

  /** Reads the packed doubles up to `end` to the end of `values`. */
  doubles(values: number[], end: number): void {
    if (end - this.at >= viewedNumbersMin * 8) {
      const view = this.#view(end);
      const count = (end - this.at) >>> 3;
      for (let index = 0; index < count; index += 1) values.push(view.getFloat64(index * 8, true));
      this.at += count * 8;
    }
    while (this.at < end) values.push(this.double(end));
  }

  /** Reads the packed floats up to `end` to the end of `values`. */
  floats(values: number[], end: number): void {
    if (end - this.at >= viewedNumbersMin * 4) {
      const view = this.#view(end);
      const count = (end - this.at) >>> 2;
      for (let index = 0; index < count; index += 1) values.push(view.getFloat32(index * 4, true));
      this.at += count * 4;
    }
    while (this.at < end) values.push(this.float(end));
  }

  /** Goes past a field of which the contract knows nothing; `known` are the numbers of those that it knows, which have another wire type. */
  skipUnknown(tag: number, end: number, known: ReadonlySet<number>): void {
    if (known.has(tag >>> 3)) throw this.malformed(this.at);
    switch (tag & 7) {
      case varint:
        this.#varint64(end);
        return;
      case fixed64:
        this.#words(end);
        return;
      case fixed32:
        this.fixed32(end);
        return;
      case delimited:
        this.at = this.delimitedEnd(end);
        return;
      default:
        // A group, of which the contract has none, or no wire type at all.
        throw this.malformed(this.at);
    }
  }

  /** Gives INVALID_ARGUMENT / INVALID_FIELD for the byte at `at`. */
  malformed(at: number): MeshError {
    return new MeshError({
      code: 'INVALID_ARGUMENT',
      reason: 'INVALID_FIELD',
      message: `wanted the bytes of a ${this.#messageName}, byte ${at} of ${this.#bytes.length} fits none of its fields`,
    });
  }

  /** Gives INVALID_ARGUMENT / INVALID_FIELD for messages that lie in each other too deep. */
  tooDeep(depthMax: number): MeshError {
    return new MeshError({
      code: 'INVALID_ARGUMENT',
      reason: 'INVALID_FIELD',
      message: `wanted a ${this.#messageName} of at most ${depthMax} messages in each other, got more`,
    });
  }

  #view(end: number): DataView {
    const { buffer, byteOffset } = this.#bytes;
    return new DataView(buffer, byteOffset + this.at, end - this.at);
  }

  #words(end: number): void {
    if (end - this.at < 8) throw this.malformed(this.at);
    this.#low = this.fixed32(end);
    this.#high = this.fixed32(end);
  }

  /** Reads up to 64 bits of at most 10 bytes. */
  #varint64(end: number): void {
    const bytes = this.#bytes;
    const begin = this.at;
    let low = 0;
    let high = 0;
    let at = begin;
    for (let shift = 0; shift < 70; shift += 7) {
      if (at >= end) throw this.malformed(begin);
      const byte = bytes[at++] ?? 0;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) {
        this.#low = low >>> 0;
        this.#high = high >>> 0;
        this.at = at;
        return;
      }
    }
    throw this.malformed(begin);
  }
}
