import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../kernel/clock.ts';
import { epochMs, monotonicMs } from '../../kernel/units.ts';

/** Begin of this process on the epoch, in milliseconds: its monotonic readings count from there. */
export const clockOriginMs = performance.timeOrigin;

/** The clock of this machine. Its monotonic readings compare between the threads of one process. */
export const systemClock: Clock = {
  monotonic: () => monotonicMs(performance.now()),
  epoch: () => epochMs(Date.now()),
  async sleep(duration, signal) {
    await delay(duration, undefined, { signal }).catch((error: unknown) => {
      throw signal.aborted ? signal.reason : error;
    });
  },
};
