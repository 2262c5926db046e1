import type { FiringAlert } from './alert-source.ts';

/** An alert with its time. */
export interface AlertRecord extends FiringAlert {
  readonly sinceMs: number;
  /** 0 while it fires. */
  readonly untilMs: number;
}

/** Alerts that are over and still shown, at most. */
const resolvedMax = 1_000;

/** Remembers since when alerts fire, and those that are over. */
export class AlertBook {
  readonly #firing = new Map<string, AlertRecord>();
  readonly #resolved: AlertRecord[] = [];

  /** Takes what fires now; what fired before and does not any more is over. */
  update(firing: readonly FiringAlert[], nowMs: number): void {
    const current = new Set(firing.map(keyOf));
    for (const [key, record] of this.#firing) {
      if (current.has(key)) continue;
      this.#firing.delete(key);
      this.#resolved.push({ ...record, untilMs: nowMs });
      if (this.#resolved.length > resolvedMax) this.#resolved.shift();
    }
    for (const alert of firing) {
      const sinceMs = this.#firing.get(keyOf(alert))?.sinceMs ?? nowMs;
      this.#firing.set(keyOf(alert), { ...alert, sinceMs, untilMs: 0 });
    }
  }

  /** Gives the alerts that fire, newest first. */
  firing(): readonly AlertRecord[] {
    return [...this.#firing.values()].sort((left, right) => right.sinceMs - left.sinceMs);
  }

  /** Gives the alerts that are over, newest first. */
  resolved(): readonly AlertRecord[] {
    return [...this.#resolved].reverse();
  }
}

function keyOf({ rule, model, subject }: FiringAlert): string {
  return JSON.stringify([rule, model, subject]);
}
