import { binOf } from '../../../shared/compute/profile-bins.ts';
import { addCounts, type CountList, plainCounts } from './plain-counts.ts';

/** What a window of one column has to be compared with: a column of a version's reference profile. */
export interface ColumnReference {
  readonly name: string;
  readonly rows: number;
  readonly missingShare: number;
  /** Of the rows with a value; absent when there was none. */
  readonly std?: number;
  readonly edges: readonly number[];
  readonly counts: readonly number[];
  /** Every value with its rows, by value; absent where there were too many of them. */
  readonly categories?: readonly { readonly value: number; readonly count: number }[];
}

/** Counts of one column in one window, as plain data. All are whole numbers, so that windows of replicas and minutes merge by adding. */
export interface ColumnCounts<List extends CountList = readonly number[]> {
  readonly rows: number;
  readonly missing: number;
  /** Values that are no category of the reference; 0 where the reference lists none. */
  readonly unseen: number;
  /** By the bins of the reference; unseen categories count as well. */
  readonly bins: List;
  /** By the categories of the reference, ascending; empty where it lists none. */
  readonly categories: List;
}

/** Counts the values of one column over the bins and categories of its reference. Adding costs a binary search; memory is fixed. */
export class ColumnCounter {
  readonly #edges: readonly number[];
  readonly #categoryOf: ReadonlyMap<number, number> | undefined;
  readonly #bins: Uint32Array;
  readonly #categories: Uint32Array;
  #rows = 0;
  #missing = 0;
  #unseen = 0;

  constructor(reference: ColumnReference) {
    this.#edges = reference.edges;
    this.#bins = new Uint32Array(reference.counts.length);
    const { categories } = reference;
    this.#categories = new Uint32Array(categories?.length ?? 0);
    this.#categoryOf =
      categories === undefined
        ? undefined
        : new Map(categories.map(({ value }, index) => [value, index]));
  }

  /** Counts one value; what is NaN or infinite is missing. */
  add(value: number): void {
    this.#rows += 1;
    if (!Number.isFinite(value)) {
      this.#missing += 1;
      return;
    }
    if (this.#bins.length > 0) increment(this.#bins, binOf(this.#edges, value));
    if (this.#categoryOf === undefined) return;
    const category = this.#categoryOf.get(value);
    if (category === undefined) this.#unseen += 1;
    else increment(this.#categories, category);
  }

  /** Gives a copy of the counts. O(bins). */
  counts(): ColumnCounts {
    const { bins, categories, ...rows } = this.open();
    return { ...rows, bins: plainCounts(bins), categories: plainCounts(categories) };
  }

  /** Gives the counts themselves: until something is added. */
  open(): ColumnCounts<Uint32Array> {
    return {
      rows: this.#rows,
      missing: this.#missing,
      unseen: this.#unseen,
      bins: this.#bins,
      categories: this.#categories,
    };
  }
}

function increment(counts: Uint32Array, index: number): void {
  counts[index] = (counts[index] ?? 0) + 1;
}

/** Adds the counts of two replicas or windows, over the same bins. */
export function mergeCounts(left: ColumnCounts, right: ColumnCounts): ColumnCounts {
  return {
    rows: left.rows + right.rows,
    missing: left.missing + right.missing,
    unseen: left.unseen + right.unseen,
    bins: addCounts(left.bins, right.bins),
    categories: addCounts(left.categories, right.categories),
  };
}
