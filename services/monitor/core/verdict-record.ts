import type { GuardRecord } from './rollback/decide-rollback.ts';

/** A verdict of a guard as it is stored: the same decision follows from what it holds. */
export interface GuardVerdict {
  readonly kind: 'guard';
  readonly id: string;
  readonly model: string;
  readonly version: number;
  /** Version that it was compared with; 0 for none. */
  readonly baselineVersion: number;
  readonly atMs: number;
  /** What was found, for people. */
  readonly statement: string;
  readonly record: GuardRecord;
}

/** A verdict as it is stored. */
export type VerdictRecord = GuardVerdict;

/** Gives the id of a verdict: ids of later ones are greater. */
export function verdictId(atMs: number, model: string, kind: VerdictRecord['kind']): string {
  return `v${Math.floor(atMs).toString(36).padStart(9, '0')}-${kind}-${model}`;
}
