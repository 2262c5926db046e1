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
    const status = statusOf(rule, found, ageMs);
    this.statuses[index] = status;
    this.values[index] = status === featureStatus.present ? found : rule.default;
  }
}

function statusOf(rule: MissingRule, found: number, ageMs: number): number {
  if (ageMs === Number.POSITIVE_INFINITY) return featureStatus.notFound;
  if (ageMs > rule.maxAgeMs) return featureStatus.outsideMaxAge;
  return Number.isNaN(found) ? featureStatus.null : featureStatus.present;
}
