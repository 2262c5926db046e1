import type { Component } from '../../shared/kernel/component.ts';
import { messageOf } from '../../shared/kernel/mesh-error.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import { type Removed, type RetentionParts, removeExpired } from './retention.ts';

/** An hour: blobs that nothing names are a day old before they go. */
const pause = durationMs(3_600_000);

/** Gives a component that removes what the retention allows, at the start and then every hour. */
export function keepTidy(
  parts: RetentionParts,
  onRemoved: (removed: Removed) => void,
  onProblem: (message: string) => void,
): Component {
  const leaving = new AbortController();
  let work: Promise<void> = Promise.resolve();
  async function tidy(): Promise<void> {
    while (!leaving.signal.aborted) {
      try {
        const removed = await removeExpired(parts);
        if (removed.blobs > 0 || removed.versions > 0) onRemoved(removed);
      } catch (error) {
        onProblem(messageOf(error));
      }
      await parts.clock.sleep(pause, leaving.signal).catch(() => undefined);
    }
  }
  return {
    name: 'retention',
    start() {
      work = tidy();
      return Promise.resolve();
    },
    async stop() {
      leaving.abort();
      await work;
    },
  };
}
