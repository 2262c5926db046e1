import assert from 'node:assert/strict';
import { addCounts, type CountList, plainCounts } from './plain-counts.ts';

// 5 rows of 1,024: the relative error of one row is sqrt(2 / 1,024) = 4.4 %, and the median of 5 is off by more than 12 % once in some 2,000 windows.
const rows = 5;
const columns = 1024;

/** State of {@link EntityMoments}, as plain data: what is sent, merged and stored. */
export interface EntityMomentsState<List extends CountList = readonly number[]> {
  readonly requests: number;
  /** Signed counts, [5, 1,024] row-major. */
  readonly cells: List;
}

/**
 * Estimates the effective sample size of a window (Kish's formula) in fixed memory, whatever the number of entities: a sketch of the sum of squared requests per
 * entity. Adding is O(1); states of replicas merge by adding, also where an entity was seen by several of them. The estimate is within 5 % of Kish's
 * formula as a rule, and exact for a window without repetitions in expectation.
 * @source Alon, Matias and Szegedy 1996; one signed bucket a row, as Thorup and Zhang 2004 ("Tabulation based 4-universal hashing ... second moment estimation")
 */
export class EntityMoments {
  readonly #cells: Int32Array;
  #requests: number;

  /** Begins empty, or from a state. */
  constructor(state?: EntityMomentsState) {
    assert.ok(
      state === undefined || state.cells.length === rows * columns,
      'wanted 5 x 1,024 cells',
    );
    this.#cells =
      state === undefined ? new Int32Array(rows * columns) : new Int32Array(state.cells);
    this.#requests = state?.requests ?? 0;
  }

  /** Counts one request of an entity, named by two independent 32-bit halves of a hash of its key. */
  add(high: number, low: number): void {
    this.#requests += 1;
    for (let row = 0; row < rows; row += 1) {
      const hash = mix(high ^ mix((low + Math.imul(row, 0x9e3779b9)) | 0));
      const cell = row * columns + (hash & (columns - 1));
      this.#cells[cell] = (this.#cells[cell] ?? 0) + (hash < 0 ? -1 : 1);
    }
  }

  /** Adds what another replica saw in the same window. */
  merge(state: EntityMomentsState): void {
    this.#requests += state.requests;
    const { cells } = state;
    for (let cell = 0; cell < cells.length; cell += 1) {
      this.#cells[cell] = (this.#cells[cell] ?? 0) + (cells[cell] ?? 0);
    }
  }

  /** Gives the effective sample size, from 0 to the number of requests. O(cells). */
  effectiveRows(): number {
    if (this.#requests === 0) return 0;
    const squares: number[] = [];
    for (let row = 0; row < rows; row += 1) {
      let sum = 0;
      for (const count of this.#cells.subarray(row * columns, (row + 1) * columns)) {
        sum += count * count;
      }
      squares.push(sum);
    }
    const median = squares.sort((left, right) => left - right)[(rows - 1) / 2] ?? 0;
    // The sum of squares is never below the sum.
    return this.#requests ** 2 / Math.max(median, this.#requests);
  }

  /** Gives the state itself: until something is added. */
  open(): EntityMomentsState<Int32Array> {
    return { requests: this.#requests, cells: this.#cells };
  }

  /** Gives the state; O(cells). */
  state(): EntityMomentsState {
    return { requests: this.#requests, cells: plainCounts(this.#cells) };
  }
}

/** Adds what two replicas saw in the same window, without a sketch of its own. O(cells). */
export function mergeMoments(
  left: EntityMomentsState,
  right: EntityMomentsState,
): EntityMomentsState {
  return {
    requests: left.requests + right.requests,
    cells: addCounts(left.cells, right.cells),
  };
}

/** Mixes 32 bits so that each bit depends on all others. @source MurmurHash3's finaliser */
function mix(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
