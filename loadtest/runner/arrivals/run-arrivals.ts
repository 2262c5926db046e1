import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../../services/shared/kernel/clock.ts';
import { durationMs } from '../../../services/shared/kernel/units.ts';
import type { ArrivalSchedule } from './arrival-schedule.ts';

/** What an open load does. */
export interface ArrivalTarget {
  /**
   * Starts one iteration that was to start at a time of the monotonic clock, ms. It must not wait for it: arrivals do not wait for
   * answers, which is what keeps a server that stalls from slowing its own load down.
   */
  readonly start: (intendedMs: number) => void;
}

// Answers are read between the arrivals even where the load is late with all of them.
const startsInRowMax = 32;

/** Starts the iterations of a schedule, each at its time or as soon after as this process can; resolves at the end of the schedule. */
export async function runArrivals(
  schedule: ArrivalSchedule,
  target: ArrivalTarget,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const beginMs = clock.monotonic();
  let inRow = 0;
  for (const offsetMs of schedule.arrivals()) {
    const intendedMs = beginMs + offsetMs;
    const aheadMs = intendedMs - clock.monotonic();
    if (aheadMs > 0) {
      inRow = 0;
      await sleepUntil(intendedMs, clock, signal);
    } else if (++inRow === startsInRowMax) {
      inRow = 0;
      await turn();
    }
    if (signal.aborted) return;
    target.start(intendedMs);
  }
  await sleepUntil(beginMs + schedule.durationMs, clock, signal);
}

/** Resolves when a time of the clock has come, or the signal aborts. */
async function sleepUntil(untilMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  // A timer has whole milliseconds, and may fire a little early.
  for (
    let ms = untilMs - clock.monotonic();
    ms > 0 && !signal.aborted;
    ms = untilMs - clock.monotonic()
  ) {
    await clock.sleep(durationMs(Math.ceil(ms)), signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}
