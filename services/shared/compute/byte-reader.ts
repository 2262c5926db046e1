import { MeshError } from '../kernel/mesh-error.ts';

/** What helps where a state of the feature store can't be read. */
const rebuild = 'rebuild it from the event log';

/** Gives the error for stored state that can't be read; `what` names the state, without values, and `remedy` says what to do. */
export function stateCorrupt(what: string, problem: string, remedy: string = rebuild): MeshError {
  return new MeshError({
    code: 'DATA_LOSS',
    reason: 'STATE_CORRUPT',
    message: `${what}: ${problem}; ${remedy}`,
  });
}

/** Reads back what {@link ByteWriter} wrote. Every method throws DATA_LOSS / STATE_CORRUPT past the end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #what: string;
  readonly #remedy: string | undefined;
  #offset = 0;

  /** @param what names the state in errors, and `remedy` what to do where it can't be read: by default, to rebuild it from the event log */
  constructor(bytes: Uint8Array, what: string, remedy?: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#what = what;
    this.#remedy = remedy;
  }

  byte(): number {
    this.#need(1);
    return this.#view.getUint8(this.#offset++);
  }

  /** @throws {MeshError} DATA_LOSS / STATE_CORRUPT when it is 2^53 or more, or has more bytes than it needs. */
  unsigned(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw this.#corrupt('a number is too large');
      if (byte < 128) {
        if (byte === 0 && scale > 1) throw this.#corrupt('a number is not in its shortest form');
        return value;
      }
    }
  }

  /** @throws {MeshError} DATA_LOSS / STATE_CORRUPT when it is outside ±(2^53 - 1). */
  signed(): number {
    const first = this.byte();
    const rest = first < 128 ? 0 : this.unsigned();
    const magnitude = rest * 64 + ((first & 127) >> 1);
    const isNegative = (first & 1) === 1;
    if (magnitude > Number.MAX_SAFE_INTEGER) throw this.#corrupt('a number is too large');
    if ((first >= 128 && rest === 0) || (isNegative && magnitude === 0)) {
      throw this.#corrupt('a number is not in its shortest form');
    }
    return isNegative ? -magnitude : magnitude;
  }

  /** Gives so many bytes as they are: no copy. */
  bytes(length: number): Uint8Array {
    this.#need(length);
    this.#offset += length;
    return this.#bytes.subarray(this.#offset - length, this.#offset);
  }

  /** Whether all was read. */
  get isAtEnd(): boolean {
    return this.#offset === this.#bytes.length;
  }

  float64(): number {
    this.#need(8);
    const value = this.#view.getFloat64(this.#offset, true);
    this.#offset += 8;
    return value;
  }

  uint32(): number {
    this.#need(4);
    const value = this.#view.getUint32(this.#offset, true);
    this.#offset += 4;
    return value;
  }

  big(): bigint {
    const signedLength = this.signed();
    let magnitude = 0n;
    for (let index = 0; index < Math.abs(signedLength); index += 1) {
      magnitude |= BigInt(this.byte()) << BigInt(index * 8);
    }
    return signedLength < 0 ? -magnitude : magnitude;
  }

  /** @throws {MeshError} DATA_LOSS / STATE_CORRUPT when there is more. */
  end(): void {
    if (this.#offset !== this.#bytes.length) throw this.#corrupt('there are bytes past its end');
  }

  #need(bytes: number): void {
    if (this.#offset + bytes > this.#bytes.length) throw this.#corrupt('it ends too early');
  }

  #corrupt(problem: string): MeshError {
    return stateCorrupt(this.#what, problem, this.#remedy);
  }
}
