import { clusteredMean } from '../statistics/clustered-mean.ts';
import { EntitySums } from '../statistics/entity-sums.ts';
import {
  judgePairs,
  type PairedGateFinding,
  type PairedGatePolicy,
  pairedGatePolicy,
} from '../statistics/paired-gate.ts';

/** Answers of two versions to one request whose outcome is known. */
export interface LabelledPair {
  readonly entity: string;
  /** 0 to 1. */
  readonly currentScore: number;
  readonly previousScore: number;
  /** 1 or 0. */
  readonly label: number;
}

/** Entities that are told apart, about 10 MB; those that come later are left out. */
const entitiesMax = 50_000;

/** Sums by how much the Brier score of a version is worse than that of the version before, by entity. Memory is bounded by 50,000 entities. */
export class PairedHarm {
  readonly #sums = new EntitySums();
  readonly #entities = new Set<string>();
  #differing = 0;

  /** Takes a pair; each once. */
  add({ entity, currentScore, previousScore, label }: LabelledPair): void {
    if (!this.#entities.has(entity)) {
      if (this.#entities.size >= entitiesMax) return;
      this.#entities.add(entity);
    }
    const difference = (currentScore - label) ** 2 - (previousScore - label) ** 2;
    this.#sums.add(entity, difference);
    if (difference !== 0) this.#differing += 1;
  }

  /** Judges what was added; `harmPValue` of the finding is what a guard asks for. O(entities). */
  find(margin: number, alpha: number): PairedGateFinding {
    const policy: PairedGatePolicy = {
      ...pairedGatePolicy,
      alpha,
      margin,
      // Losses of any size; 1,000 pairs: what a tenth of 50 requests a second brings in some minutes.
      differenceMin: 0,
      countPlanned: 1_000,
    };
    return judgePairs(
      { difference: clusteredMean(this.#sums.rows()), differing: this.#differing },
      policy,
    );
  }
}
