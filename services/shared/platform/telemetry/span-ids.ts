import { randomFillSync } from 'node:crypto';

const poolBytes = 4_096; // one call to the system for 512 spans

/** Gives random ids for spans and traces out of a pool of random bytes, some 100 ns each. */
export class SpanIds {
  readonly #pool = Buffer.alloc(poolBytes);
  #offset = poolBytes;

  /** Gives 16 hexadecimal digits, not all zero. */
  newSpanId(): string {
    return this.#take(8);
  }

  /** Gives 32 hexadecimal digits, not all zero. */
  newTraceId(): string {
    return this.#take(16);
  }

  #take(bytes: number): string {
    if (this.#offset + bytes > poolBytes) {
      randomFillSync(this.#pool);
      this.#offset = 0;
    }
    const end = this.#offset + bytes;
    const id = this.#pool.toString('hex', this.#offset, end);
    this.#offset = end;
    return /^0+$/.test(id) ? this.#take(bytes) : id;
  }
}
