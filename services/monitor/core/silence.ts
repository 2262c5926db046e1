import type { FiringAlert } from './alert-source.ts';

/** Which alerts a silence covers; an empty text covers any. */
export interface SilenceScope {
  readonly rule: string;
  readonly model: string;
  readonly subject: string;
}

/** A time, [fromMs, untilMs), in which alerts are not delivered. */
export interface Silence extends SilenceScope {
  /** Counted up from 1; never used again. */
  readonly number: number;
  /** Epoch ms. */
  readonly fromMs: number;
  /** Epoch ms. */
  readonly untilMs: number;
  /** Who silenced. */
  readonly actor: string;
  readonly reason: string;
  /** Who ended it before its time; empty where nobody did. */
  readonly endedBy: string;
}

/** Says whether a silence covers an alert at a time. */
export function isSilenced(silence: Silence, alert: FiringAlert, nowMs: number): boolean {
  const { fromMs, untilMs } = silence;
  if (nowMs < fromMs || nowMs >= untilMs) return false;
  return (['rule', 'model', 'subject'] as const).every(
    (part) => silence[part] === '' || silence[part] === alert[part],
  );
}

/** Gives the id of a silence by its number, such as `silence-3`. */
export function silenceId(number: number): string {
  return `silence-${number}`;
}

/** Gives the number in the id of a silence; undefined where that is no such id. */
export function silenceNumber(id: string): number | undefined {
  const [, digits] = /^silence-([1-9]\d{0,14})$/.exec(id) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
