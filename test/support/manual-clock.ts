import type { Clock } from '../../services/shared/kernel/clock.ts';
import {
  type DurationMs,
  type EpochMs,
  epochMs,
  type MonotonicMs,
  monotonicMs,
} from '../../services/shared/kernel/units.ts';

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #now = 0;
  #sleepers: readonly Sleeper[] = [];

  monotonic(): MonotonicMs {
    return monotonicMs(this.#now);
  }

  epoch(): EpochMs {
    return epochMs(this.#now);
  }

  sleep(duration: DurationMs, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const give = () => reject(signal.reason);
      if (signal.aborted) {
        give();
        return;
      }
      signal.addEventListener('abort', give, { once: true });
      const sleeper = { until: this.#now + duration, wake: resolve };
      this.#sleepers = [...this.#sleepers, sleeper];
    });
  }

  /** Moves time on, wakes whoever slept until then, and lets what follows from it happen. */
  async advance(ms: number): Promise<void> {
    this.#now += ms;
    const due = this.#sleepers.filter(({ until }) => until <= this.#now);
    this.#sleepers = this.#sleepers.filter(({ until }) => until > this.#now);
    for (const { wake } of due) wake();
    await settleMicrotasks();
  }
}

/** Resolves when all that promises alone can bring about has happened. */
export async function settleMicrotasks(): Promise<void> {
  await new Promise<void>((resolve) => {
    setImmediate(resolve);
  });
}
