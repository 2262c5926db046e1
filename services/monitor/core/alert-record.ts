import type { AlertEvidence, FiringAlert } from './alert-source.ts';

/** How an alert stands: its cause is found but not for long enough; it fires; it fires and is not delivered; it is over. */
export type AlertState = 'PENDING' | 'FIRING' | 'SILENCED' | 'RESOLVED';

/** An alert and its life. */
export interface AlertRecord extends FiringAlert {
  /** Counted up from 1 over the life of the monitor's data; never used again. */
  readonly number: number;
  readonly state: AlertState;
  /** Since when its cause is found, epoch ms. */
  readonly sinceMs: number;
  /** When it began to fire, epoch ms; 0 while it is pending. */
  readonly firedMs: number;
  /** When its cause was found last, epoch ms. */
  readonly seenMs: number;
  /** When it was over, epoch ms; 0 before. */
  readonly untilMs: number;
  /** What it was decided from when it began to fire; {@link FiringAlert.evidence} is what was found last. */
  readonly decidedFrom: AlertEvidence;
  /** Number of the silence that covers it; 0 where none does. */
  readonly silence: number;
  /** Whether it was delivered, so that its end must be as well. */
  readonly isTold: boolean;
}

/** A change of an alert's life. */
export interface AlertChange {
  readonly alert: AlertRecord;
  /** How it stood before; undefined where it is new. */
  readonly before: AlertState | undefined;
}

/** Says which alert an alert is, among those that can fire at a time. */
export function alertKey({
  rule,
  model,
  subject,
}: Pick<FiringAlert, 'rule' | 'model' | 'subject'>): string {
  return JSON.stringify([rule, model, subject]);
}

/** Gives the id of an alert by its number, such as `alert-17`. */
export function alertId(number: number): string {
  return `alert-${number}`;
}

/** Gives the number in the id of an alert; undefined where that is no such id. */
export function alertNumber(id: string): number | undefined {
  const [, digits] = /^alert-([1-9]\d{0,14})$/.exec(id) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
