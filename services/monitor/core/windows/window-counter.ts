import { ColumnCounter, type ColumnReference } from '../statistics/column-counter.ts';
import { EntityMoments } from '../statistics/entity-moments.ts';
import type { OutputSums } from '../statistics/output-sums.ts';
import { type CountList, plainCounts } from '../statistics/plain-counts.ts';
import { latencyBin, latencyBins } from './latency-bins.ts';
import type { CohortCounts, CohortName, WindowCounts } from './window-counts.ts';

/** What is counted of one answer. */
export interface CountedAnswer {
  readonly cohort: CohortName;
  readonly isDegraded: boolean;
  readonly latencyMs: number;
  readonly score: number;
  /** Key of the entity that it is about. */
  readonly entity: string;
  /** The row as the model got it, in the order of the reference's inputs; NaN where the feature service gave nothing. */
  readonly row: ArrayLike<number>;
}

/** What answers are counted against. */
export interface CountedColumns {
  readonly inputs: readonly ColumnReference[];
  readonly outputs: readonly ColumnReference[];
  /** Unit in which outputs are summed, from {@link outputUnit}. */
  readonly outputUnit: number;
}

// The sketch of entities, and the latencies of both cohorts.
const fixedCells = 5 * 1_024 + 2 * latencyBins;

interface MutableCohort {
  answers: number;
  degraded: number;
  readonly latencies: Uint32Array;
}

/** Counts answers of one version. Memory is fixed by its columns, whatever the number of answers and entities. */
export class WindowCounter {
  /** Whole numbers that it holds, of four bytes each. */
  readonly cells: number;
  readonly #inputs: readonly ColumnCounter[];
  readonly #outputs: readonly ColumnCounter[];
  readonly #outputUnit: number;
  readonly #entities = new EntityMoments();
  readonly #model = emptyCohort();
  readonly #control = emptyCohort();
  #outputRows = 0;
  #outputsNotFinite = 0;
  #outputUnits = 0;

  constructor({ inputs, outputs, outputUnit }: CountedColumns) {
    this.#inputs = inputs.map((column) => new ColumnCounter(column));
    this.#outputs = outputs.map((column) => new ColumnCounter(column));
    this.#outputUnit = outputUnit;
    this.cells =
      fixedCells +
      [...inputs, ...outputs].reduce(
        (sum, { counts, categories }) => sum + counts.length + (categories?.length ?? 0),
        0,
      );
  }

  /** Counts one answer. O(columns), a binary search each. */
  add({ cohort, isDegraded, latencyMs, score, entity, row }: CountedAnswer): void {
    const found = cohort === 'control' ? this.#control : this.#model;
    found.answers += 1;
    if (isDegraded) found.degraded += 1;
    const bin = latencyBin(latencyMs);
    found.latencies[bin] = (found.latencies[bin] ?? 0) + 1;
    for (let column = 0; column < this.#inputs.length; column += 1) {
      this.#inputs[column]?.add(row[column] ?? Number.NaN);
    }
    this.#outputs[0]?.add(score);
    this.#addOutput(score);
    this.#entities.add(hashOf(entity, 0x811c9dc5), hashOf(entity, 0x9e3779b9));
  }

  /** Gives a copy of the counts. O(columns x bins). */
  counts(): WindowCounts {
    return {
      cohorts: { model: plainCohort(this.#model), control: plainCohort(this.#control) },
      inputs: this.#inputs.map((column) => column.counts()),
      outputs: this.#outputs.map((column) => column.counts()),
      outputSums: this.#outputSums(),
      entities: this.#entities.state(),
    };
  }

  /** Gives the counts themselves: until something is added. O(columns). */
  open(): WindowCounts<CountList> {
    return {
      cohorts: { model: this.#model, control: this.#control },
      inputs: this.#inputs.map((column) => column.open()),
      outputs: this.#outputs.map((column) => column.open()),
      outputSums: this.#outputSums(),
      entities: this.#entities.open(),
    };
  }

  #outputSums(): OutputSums {
    return {
      rows: this.#outputRows,
      notFinite: this.#outputsNotFinite,
      units: this.#outputUnits,
    };
  }

  /** As {@link addOutput} does, without an object for each. */
  #addOutput(score: number): void {
    if (!Number.isFinite(score)) {
      this.#outputsNotFinite += 1;
      return;
    }
    this.#outputRows += 1;
    this.#outputUnits += Math.round(score / this.#outputUnit);
  }
}

function emptyCohort(): MutableCohort {
  return { answers: 0, degraded: 0, latencies: new Uint32Array(latencyBins) };
}

function plainCohort({ answers, degraded, latencies }: MutableCohort): CohortCounts {
  return { answers, degraded, latencies: plainCounts(latencies) };
}

/** @source FNV-1a, 32 bits, over UTF-16 units; the sketch mixes what it gets */
function hashOf(text: string, basis: number): number {
  let hash = basis | 0;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash;
}
