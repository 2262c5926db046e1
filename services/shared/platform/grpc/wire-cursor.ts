import { MeshError } from '../../kernel/mesh-error.ts';

// Groups are not among the wire types: the contract has none.

/** Wire type of a number of 1 to 10 bytes. */
export const varint = 0;
/** Wire type of 8 bytes. */
export const fixed64 = 1;
/** Wire type of what begins with its length. */
export const delimited = 2;
/** Wire type of 4 bytes. */
export const fixed32 = 5;

/** Wire type of a number. */
export type ScalarWire = typeof varint | typeof fixed64 | typeof fixed32;

/** Reads the wire form of one message from its begin to its end, and makes nothing of it. Every read fails where it would go beyond `end`. */
export class WireCursor {
  /** Byte that is read next. */
  at = 0;
  readonly #bytes: Uint8Array;
  readonly #messageName: string;

  /** @param messageName full name of the message, such as `inference.ModelInferRequest`, for errors */
  constructor(message: Uint8Array, messageName: string) {
    this.#bytes = message;
    this.#messageName = messageName;
  }

  /**
   * Reads a tag: the number of a field and its wire type.
   * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD where there is none; so do the others.
   */
  tag(end: number): number {
    const begin = this.at;
    const tag = this.#uint32(end);
    if (tag < 8) throw this.malformed(begin);
    return tag;
  }

  /** Reads a length, and gives where what it measures ends. */
  delimitedEnd(end: number): number {
    const begin = this.at;
    const length = this.#uint32(end);
    if (length > end - this.at) throw this.malformed(begin);
    return this.at + length;
  }

  /** Goes past a number. */
  skipScalar(wire: number, end: number): void {
    const begin = this.at;
    if (wire === varint) {
      while (this.at < end && this.at < begin + 10) {
        const byte = this.#bytes[this.at] ?? 0;
        this.at += 1;
        if (byte < 0x80) return;
      }
      throw this.malformed(begin);
    }
    if (wire !== fixed32 && wire !== fixed64) throw this.malformed(begin);
    this.at += wire === fixed32 ? 4 : 8;
    if (this.at > end) throw this.malformed(begin);
  }

  /** Gives INVALID_ARGUMENT / INVALID_FIELD for the byte at `at`. */
  malformed(at: number): MeshError {
    return new MeshError({
      code: 'INVALID_ARGUMENT',
      reason: 'INVALID_FIELD',
      message: `wanted the bytes of a ${this.#messageName}, byte ${at} fits none of its fields`,
    });
  }

  #uint32(end: number): number {
    const begin = this.at;
    let value = 0;
    for (let scale = 1; this.at < end && this.at < begin + 5; scale *= 128) {
      const byte = this.#bytes[this.at] ?? 0;
      this.at += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80 && value < 2 ** 32) return value;
    }
    throw this.malformed(begin);
  }
}
