import type { Component } from '../../shared/kernel/component.ts';
import { wantedServables } from '../core/wanted-set.ts';
import type { RegistryFeed } from '../ports.ts';
import type { ServableManager } from './servable-manager.ts';

/** Gives the part of the process that hosts what the registry's aliases point to, from its start to its stop. */
export function hostingComponent(feed: RegistryFeed, manager: ServableManager): Component {
  const leaving = new AbortController();
  let following: Promise<void> = Promise.resolve();
  return {
    name: 'hosting',
    start() {
      // Not awaited: the process serves, and says what is ready, while the first versions load.
      following = feed.follow((view) => manager.aspire(wantedServables(view)), leaving.signal);
      return Promise.resolve();
    },
    async stop(graceMs) {
      leaving.abort();
      await following;
      await manager.stop(graceMs);
    },
  };
}
