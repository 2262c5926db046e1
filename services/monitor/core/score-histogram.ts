/** Bins of a score in [0, 1]: 1e-4 wide, so that the area under the curve is off by less than 1e-4 for smooth scores. */
const bins = 10_000;

/** Counts scores by their label, and gives how well they order the labels. Memory is fixed; adding is O(1). */
export class ScoreHistogram {
  readonly #negatives = new Float64Array(bins + 1);
  readonly #positives = new Float64Array(bins + 1);
  #negativeCount = 0;
  #positiveCount = 0;

  /** Counts one score in [0, 1], clamped to that, with its label. */
  add(score: number, isPositive: boolean): void {
    const bin = Math.round(Math.min(1, Math.max(0, score)) * bins);
    const counts = isPositive ? this.#positives : this.#negatives;
    counts[bin] = (counts[bin] ?? 0) + 1;
    if (isPositive) this.#positiveCount += 1;
    else this.#negativeCount += 1;
  }

  get count(): number {
    return this.#positiveCount + this.#negativeCount;
  }

  /**
   * Gives the area under the ROC curve: the chance that a positive scores above a negative, scores in one bin counting half. Undefined until
   * both labels were seen. O(bins). @source Mann-Whitney U statistic with mid-ranks
   */
  auc(): number | undefined {
    if (this.#positiveCount === 0 || this.#negativeCount === 0) return undefined;
    let below = 0;
    let wins = 0;
    for (let bin = 0; bin <= bins; bin += 1) {
      const negatives = this.#negatives[bin] ?? 0;
      wins += (this.#positives[bin] ?? 0) * (below + negatives / 2);
      below += negatives;
    }
    return wins / (this.#positiveCount * this.#negativeCount);
  }

  /** Gives the standard deviation of that area, for independent rows; undefined where there is none. O(bins). @source Hanley and McNeil 1982 */
  aucStd(): number | undefined {
    const auc = this.auc();
    if (auc === undefined) return undefined;
    const [positives, negatives] = [this.#positiveCount, this.#negativeCount];
    const twoPositives = auc / (2 - auc) - auc ** 2;
    const twoNegatives = (2 * auc ** 2) / (1 + auc) - auc ** 2;
    const variance =
      auc * (1 - auc) + (positives - 1) * twoPositives + (negatives - 1) * twoNegatives;
    return Math.sqrt(variance / (positives * negatives));
  }
}
