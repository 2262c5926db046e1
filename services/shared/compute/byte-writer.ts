import assert from 'node:assert/strict';

/** Whole numbers up to this size are written in the arithmetic of 32 bits, in at most 5 bytes. */
const smallMax = 2 ** 30;
const smallBytesMax = 5;

/** Appends numbers to a growing buffer, in a form that {@link ByteReader} reads back. */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #length = 0;

  /** `capacity`: bytes that it takes without growing. */
  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** Writes bytes as they are. */
  bytes(values: Uint8Array): void {
    this.#reserve(values.length);
    this.#bytes.set(values, this.#length);
    this.#length += values.length;
  }

  /** Writes a whole number of 0 to 2^53 - 1 in 1 to 8 bytes, 7 bits each. */
  unsigned(value: number): void {
    assert(Number.isSafeInteger(value) && value >= 0, 'wanted a whole number of 0 or more');
    this.#varint(value);
  }

  /** Writes a whole number within ±(2^53 - 1): sign in the lowest bit, then as {@link unsigned}. */
  signed(value: number): void {
    if (value >= -smallMax && value <= smallMax) {
      const whole = value | 0;
      if (whole === value) {
        this.#smallSigned(whole);
        return;
      }
    }
    assert(Number.isSafeInteger(value), 'wanted a whole number');
    const magnitude = Math.abs(value);
    const sign = value < 0 ? 1 : 0;
    const low = (magnitude % 64) * 2 + sign;
    const rest = Math.floor(magnitude / 64);
    this.byte(rest > 0 ? low + 128 : low);
    if (rest > 0) this.#varint(rest);
  }

  /** Writes 8 bytes, little-endian. */
  float64(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** Writes 4 bytes, little-endian. */
  uint32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  /** Writes any whole number: its sign and byte count, then its bytes, lowest first. */
  big(value: bigint): void {
    const bytes: number[] = [];
    for (let rest = value < 0n ? -value : value; rest > 0n; rest >>= 8n) {
      bytes.push(Number(rest & 255n));
    }
    this.signed(value < 0n ? -bytes.length : bytes.length);
    for (const byte of bytes) this.byte(byte);
  }

  /** Forgets what was written, and keeps the room for what comes. */
  clear(): void {
    this.#length = 0;
  }

  /** Gives what was written so far, until more is: no copy. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Gives a copy of what was written. */
  toBytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** As {@link signed}, in the arithmetic of 32 bits. */
  #smallSigned(value: number): void {
    this.#reserve(smallBytesMax);
    const bytes = this.#bytes;
    const magnitude = value < 0 ? -value : value;
    const low = ((magnitude & 63) << 1) | (value < 0 ? 1 : 0);
    let rest = magnitude >>> 6;
    let at = this.#length;
    bytes[at++] = rest > 0 ? low | 128 : low;
    while (rest > 0) {
      bytes[at++] = rest > 127 ? (rest & 127) | 128 : rest;
      rest >>>= 7;
    }
    this.#length = at;
  }

  #varint(value: number): void {
    let rest = value;
    while (rest > 127) {
      this.byte((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + bytes));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
