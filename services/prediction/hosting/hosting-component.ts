import type { Component } from '../../shared/kernel/component.ts';
import type { RegistryFeed } from '../ports.ts';
import type { RequestedModels } from './requested-models.ts';
import type { ServableManager } from './servable-manager.ts';

/** What hosting is made of. */
export interface HostingParts {
  readonly feed: RegistryFeed;
  readonly manager: ServableManager;
  readonly requested: RequestedModels;
}

/** Gives the part of the process that hosts what aliases point to and what was requested, from its start to its stop. */
export function hostingComponent({ feed, manager, requested }: HostingParts): Component {
  const leaving = new AbortController();
  let following: Promise<void> = Promise.resolve();
  let restoring: Promise<void> = Promise.resolve();
  return {
    name: 'hosting',
    start() {
      // Not awaited: the process serves, and says what is ready, while the first versions load.
      following = feed.follow((view) => requested.follow(view), leaving.signal);
      restoring = requested.restore(leaving.signal);
      return Promise.resolve();
    },
    async stop(graceMs) {
      leaving.abort();
      await Promise.all([following, restoring]);
      await manager.stop(graceMs);
    },
  };
}
