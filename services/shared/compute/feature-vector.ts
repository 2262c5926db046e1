import { featureStatus } from './feature-status.ts';

/** What says how a missing value is treated. */
export interface MissingRule {
  /** Stands in wherever the status is not present. */
  readonly default: number;
  /** Infinity when there is none. */
  readonly maxAgeMs: number;
}

/** Feature values with their statuses, [rows, features] row-major. */
export class FeatureVector {
  /** Finite throughout. */
  readonly values: Float64Array;
  /** Bytes of `featureStatus`. */
  readonly statuses: Uint8Array;

  constructor(cells: number) {
    this.values = new Float64Array(cells);
    this.statuses = new Uint8Array(cells);
  }

  /**
   * Puts one cell: the one place where status and default are decided, online, offline and in the audit.
   *
   * `found` is the aggregate, NaN when the window holds nothing to compute from. `ageMs` is t less the time of the
   * entity's newest event before t, Infinity when there is none.
   */
  resolve(index: number, rule: MissingRule, found: number, ageMs: number): void {
    const status = statusOf(rule.maxAgeMs, found, ageMs);
    this.statuses[index] = status;
    this.values[index] = status === featureStatus.present ? found : rule.default;
  }

  /** As {@link resolve}, for several cells, which are counted from `offset` on; `found` holds their aggregates. */
  resolveAll(
    offset: number,
    cells: ResolvedCells,
    found: { readonly values: Float64Array; readonly from: number },
  ): void {
    const { indexes, defaults, maxAgesMs, ends, agesMs, leastMaxAgeMs } = cells;
    const { values, statuses } = this;
    // Where no event is too old for any of them, only the aggregates tell.
    let areYoung = true;
    for (let end = 0; end < agesMs.length; end += 1) {
      const ageMs = agesMs[end] ?? notFoundMs;
      areYoung &&= ageMs <= leastMaxAgeMs && ageMs < notFoundMs;
    }
    for (let at = 0; at < indexes.length; at += 1) {
      const index = offset + (indexes[at] ?? 0);
      const value = found.values[found.from + at] ?? Number.NaN;
      const status = areYoung
        ? statusOf(notFoundMs, value, 0)
        : statusOf(maxAgesMs[at] ?? 0, value, agesMs[ends[at] ?? 0] ?? Number.NaN);
      statuses[index] = status;
      values[index] = status === featureStatus.present ? value : (defaults[at] ?? Number.NaN);
    }
  }
}

/** Cells of one row with their {@link MissingRule}s, column by column. */
export interface ResolvedCells {
  readonly indexes: Uint32Array;
  readonly defaults: Float64Array;
  readonly maxAgesMs: Float64Array;
  readonly leastMaxAgeMs: number;
  /** Which of the ages counts. */
  readonly ends: Uint32Array;
  /** Ages of the entity, as {@link FeatureVector.resolve} takes one. */
  readonly agesMs: Float64Array;
}

/** Age where there is no event. */
const notFoundMs = Number.POSITIVE_INFINITY;

function statusOf(maxAgeMs: number, found: number, ageMs: number): number {
  if (ageMs === notFoundMs) return featureStatus.notFound;
  if (ageMs > maxAgeMs) return featureStatus.outsideMaxAge;
  return Number.isNaN(found) ? featureStatus.null : featureStatus.present;
}
