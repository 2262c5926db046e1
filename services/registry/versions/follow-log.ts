import type { Clock } from '../../shared/kernel/clock.ts';
import type { Component } from '../../shared/kernel/component.ts';
import { messageOf } from '../../shared/kernel/mesh-error.ts';
import type { DurationMs } from '../../shared/kernel/units.ts';
import type { Registry } from './registry.ts';

/** How a shared log is followed. */
export interface FollowLogOptions {
  readonly registry: Pick<Registry, 'refresh'>;
  readonly clock: Clock;
  readonly pause: DurationMs;
  /** Learns once of each different problem: the registry goes on with what it knows. */
  readonly onProblem: (message: string) => void;
}

/** Gives a component that takes in what other registries append to the same log, so that readers and watchers here see it too. */
export function followLog({ registry, clock, pause, onProblem }: FollowLogOptions): Component {
  const leaving = new AbortController();
  let following: Promise<void> = Promise.resolve();
  async function follow(): Promise<void> {
    let told = '';
    while (!leaving.signal.aborted) {
      try {
        await registry.refresh();
        told = '';
      } catch (error) {
        if (messageOf(error) !== told) onProblem(messageOf(error));
        told = messageOf(error);
      }
      await clock.sleep(pause, leaving.signal).catch(() => undefined);
    }
  }
  return {
    name: 'shared-log',
    start() {
      following = follow();
      return Promise.resolve();
    },
    async stop() {
      leaving.abort();
      await following;
    },
  };
}
