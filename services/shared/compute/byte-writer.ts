import assert from 'node:assert/strict';

/** Appends numbers to a growing buffer, in a form that {@link ByteReader} reads back. */
export class ByteWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** Writes a whole number of 0 to 2^53 - 1 in 1 to 8 bytes, 7 bits each. */
  unsigned(value: number): void {
    assert(Number.isSafeInteger(value) && value >= 0, 'wanted a whole number of 0 or more');
    this.#varint(value);
  }

  /** Writes a whole number within ±(2^53 - 1): sign in the lowest bit, then as {@link unsigned}. */
  signed(value: number): void {
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

  /** Gives a copy of what was written. */
  toBytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
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
    const grown = new Uint8Array(this.#bytes.length * 2);
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
