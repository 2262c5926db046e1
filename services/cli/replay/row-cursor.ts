import { type SourceRows, sliceRows } from './source-rows.ts';

/** Walks a stream of rows that are ordered by a time, up to one time after another. */
export class RowCursor {
  readonly #batches: AsyncIterator<SourceRows>;
  readonly #timeOf: (rows: SourceRows, index: number) => number;
  #current: SourceRows | undefined;
  #next = 0;
  #isOver = false;

  constructor(
    batches: AsyncIterable<SourceRows>,
    timeOf: (rows: SourceRows, index: number) => number,
  ) {
    this.#batches = batches[Symbol.asyncIterator]();
    this.#timeOf = timeOf;
  }

  /** Gives the rows not given before whose time is before `untilMs`, in order, in pieces as they came. */
  async *takeBefore(untilMs: number): AsyncGenerator<SourceRows> {
    for (;;) {
      const current = await this.#fill();
      if (current === undefined) return;
      const from = this.#next;
      while (this.#next < current.rows && this.#timeOf(current, this.#next) < untilMs) {
        this.#next += 1;
      }
      if (this.#next > from) yield sliceRows(current, from, this.#next);
      if (this.#next < current.rows) return;
    }
  }

  async #fill(): Promise<SourceRows | undefined> {
    while (!this.#isOver && (this.#current === undefined || this.#next >= this.#current.rows)) {
      const read = await this.#batches.next();
      this.#isOver = read.done === true;
      this.#current = read.done === true ? undefined : read.value;
      this.#next = 0;
    }
    return this.#current;
  }
}
