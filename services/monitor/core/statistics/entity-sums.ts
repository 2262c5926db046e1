/** Sums of one entity. */
export interface EntityRow {
  readonly entity: string;
  /** Requests, 1 or more. */
  readonly count: number;
  readonly sum: number;
  /** Of what was known of the entity before; 0 where nothing was. */
  readonly covariateSum: number;
}

interface Sums {
  count: number;
  sum: number;
  covariateSum: number;
}

/**
 * Sums values by entity, since values of one entity depend on each other. Adding is O(1); states of replicas merge by adding. Memory grows with the entities, so the caller bounds how many it
 * lets in.
 */
export class EntitySums {
  readonly #sums = new Map<string, Sums>();

  /** Begins empty, or from rows. */
  constructor(rows: readonly EntityRow[] = []) {
    this.merge(rows);
  }

  /** Adds one value of an entity, with its covariate: what is known of the entity from before the comparison began. */
  add(entity: string, value: number, covariate = 0): void {
    this.#addSums(entity, 1, value, covariate);
  }

  /** Adds the rows of another replica. */
  merge(rows: readonly EntityRow[]): void {
    for (const { entity, count, sum, covariateSum } of rows) {
      this.#addSums(entity, count, sum, covariateSum);
    }
  }

  /** Gives the rows, in the order in which the entities came. O(entities). */
  rows(): readonly EntityRow[] {
    return [...this.#sums].map(([entity, sums]) => ({ entity, ...sums }));
  }

  #addSums(entity: string, count: number, sum: number, covariateSum: number): void {
    const found = this.#sums.get(entity);
    if (found === undefined) {
      this.#sums.set(entity, { count, sum, covariateSum });
      return;
    }
    found.count += count;
    found.sum += sum;
    found.covariateSum += covariateSum;
  }
}
