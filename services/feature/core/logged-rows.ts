import type { FeatureSetPlan } from '../../shared/compute/plan.ts';
import { entityKey } from '../../shared/compute/plan.ts';
import { viewColumnsOf } from '../../shared/compute/row.ts';
import type { AnswerBlock } from './answer-codec.ts';
import { columnOf, type EventTable, nullCode } from './event-table.ts';

/** What answers are looked up for: entities at times. */
export interface LoggedSpine {
  readonly atMs: Float64Array;
  /** All join keys of the feature set. */
  readonly texts: EventTable['texts'];
}

/** Rows of a spine that were answered, and what the answers said; without those whose answer was erased. */
export interface LoggedValues {
  /** Indexes into the spine, ascending. */
  readonly rows: Uint32Array;
  /** One a view of the feature set: [rows, features of the view] row-major, as {@link viewValues} gives them. */
  readonly views: readonly Float64Array[];
}

/**
 * Finds, for each row (keys, t) of a spine, the answer that was served: of those for the same keys with a time in
 * [t - answerAgeMaxMs, t] the latest, and of equal times the one given last. Blocks are offered the newest first.
 */
export class LoggedRows {
  readonly #featureSet: FeatureSetPlan;
  readonly #answerAgeMaxMs: number;
  /** Rows of each entity in the order of time. */
  readonly #rowsOf = new Map<string, { readonly rows: number[]; readonly atMs: number[] }>();
  readonly #columns: number;
  readonly #values: Float64Array;
  /** Time of the answer that a row has; negative infinity where it has none. */
  readonly #answeredMs: Float64Array;

  /** 1 where the values of a row's answer were erased. */
  readonly #isErased: Uint8Array;

  /** `spine.atMs` does not decrease. A row without one of its keys has no answer. */
  constructor(featureSet: FeatureSetPlan, spine: LoggedSpine, answerAgeMaxMs: number) {
    this.#featureSet = featureSet;
    this.#answerAgeMaxMs = answerAgeMaxMs;
    this.#columns = viewColumnsOf(featureSet).length;
    const rows = spine.atMs.length;
    this.#values = new Float64Array(rows * this.#columns);
    this.#answeredMs = new Float64Array(rows).fill(Number.NEGATIVE_INFINITY);
    this.#isErased = new Uint8Array(rows);
    const keys = featureSet.joinKeys.map((name) => columnOf(spine.texts, name));
    spine.atMs.forEach((t, row) => {
      if (keys.some(({ codes }) => codes[row] === nullCode)) return;
      const key = entityKey(keys.map(({ codes, dictionary }) => dictionary[codes[row] ?? 0] ?? ''));
      const own = this.#rowsOf.get(key) ?? { rows: [], atMs: [] };
      own.rows.push(row);
      own.atMs.push(t);
      this.#rowsOf.set(key, own);
    });
  }

  /** Takes the answers of a block of this feature set; `erased` has 1 for those that were erased, or is empty. */
  offer(block: AnswerBlock, erased: Uint8Array): void {
    const width = this.#featureSet.joinKeys.length;
    // Backwards: of equal times the answer that was given last is met first, and stays.
    for (let answer = block.rows - 1; answer >= 0; answer -= 1) {
      const own = this.#rowsOf.get(
        entityKey(block.keys.slice(answer * width, (answer + 1) * width)),
      );
      if (own === undefined) continue;
      const answeredMs = block.atMs[answer] ?? Number.NaN;
      const untilMs = answeredMs + this.#answerAgeMaxMs;
      for (let at = firstFrom(own.atMs, answeredMs); at < own.rows.length; at += 1) {
        const row = own.rows[at] ?? 0;
        // Later rows of the age have what this one has, or better.
        const isWorse = answeredMs <= (this.#answeredMs[row] ?? 0);
        if ((own.atMs[at] ?? Number.NaN) > untilMs || isWorse) break;
        this.#answeredMs[row] = answeredMs;
        this.#isErased[row] = erased[answer] ?? 0;
        const from = answer * this.#columns;
        this.#values.set(block.values.subarray(from, from + this.#columns), row * this.#columns);
      }
    }
  }

  /** Gives what was found. */
  finish(): LoggedValues {
    const found: number[] = [];
    this.#answeredMs.forEach((answeredMs, row) => {
      if (answeredMs > Number.NEGATIVE_INFINITY && this.#isErased[row] !== 1) found.push(row);
    });
    const views = this.#featureSet.views.map(
      ({ features }) => new Float64Array(found.length * features.length),
    );
    viewColumnsOf(this.#featureSet).forEach(({ column }, cell) => {
      const { viewIndex, featureIndex } = column;
      const into = views[viewIndex] ?? new Float64Array(0);
      const width = this.#featureSet.views[viewIndex]?.features.length ?? 0;
      found.forEach((row, index) => {
        into[index * width + featureIndex] = this.#values[row * this.#columns + cell] ?? Number.NaN;
      });
    });
    return { rows: Uint32Array.from(found), views };
  }
}

/** Gives the index of the first time that is not before `ms`; times do not decrease. */
function firstFrom(times: readonly number[], ms: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}
