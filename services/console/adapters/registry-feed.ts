import type { Clock } from '../../shared/kernel/clock.ts';
import type { Component } from '../../shared/kernel/component.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { ClientResponseOf } from '../../shared/platform/grpc/service-types.ts';
import type { AliasItem, TimelineItem } from '../core/views.ts';
import type { MeshClients } from './mesh-clients.ts';
import { timelineItems } from './timeline-items.ts';

type RegistryEvent = NonNullable<
  ClientResponseOf<'mlmesh.registry.v1.RegistryService', 'watch'>['event']
>;

/** What a feed is made of. */
export interface RegistryFeedParts {
  readonly registry: Pick<MeshClients['registry'], 'watch'>;
  readonly clock: Clock;
  /** Hears why the log could not be followed; it is tried again. */
  readonly onError: (error: unknown) => void;
}

/** Items of a model that are kept: more than anybody scrolls through. */
const itemsMax = 1_000;
const againMs = durationMs(1_000);

/** Follows the registry's log from its beginning, and remembers of each model what a page shows of it. */
export class RegistryFeed implements Component {
  readonly name = 'registry-feed';
  readonly #parts: RegistryFeedParts;
  readonly #stopped = new AbortController();
  readonly #timelines = new Map<string, TimelineItem[]>();
  readonly #aliases = new Map<string, Map<string, AliasItem>>();
  readonly #listeners = new Set<() => void>();
  #sequence = 0;
  #following: Promise<void> = Promise.resolve();

  constructor(parts: RegistryFeedParts) {
    this.#parts = parts;
  }

  start(): Promise<void> {
    this.#following = this.#follow();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#following;
  }

  /** Gives what happened to a model, newest first. */
  timeline(model: string, itemsWanted: number): readonly TimelineItem[] {
    return (this.#timelines.get(model) ?? []).slice(-itemsWanted).reverse();
  }

  /** Gives where the aliases of a model point as of the last event that has come. */
  aliases(model: string): readonly AliasItem[] {
    return [...(this.#aliases.get(model)?.values() ?? [])];
  }

  /** Calls back after each event; gives what ends that. */
  onChange(listen: () => void): () => void {
    this.#listeners.add(listen);
    return () => this.#listeners.delete(listen);
  }

  async #follow(): Promise<void> {
    const { registry, clock, onError } = this.#parts;
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      try {
        const request = { fromSequence: this.#sequence + 1 };
        for await (const { event } of registry.watch(request, { signal })) {
          if (event !== null) this.#take(event);
        }
      } catch (error) {
        if (!signal.aborted) onError(error);
      }
      await clock.sleep(againMs, signal).catch(() => undefined); // the abort ends the loop
    }
  }

  #take(event: RegistryEvent): void {
    this.#sequence = event.sequence;
    for (const { model, item } of timelineItems(event)) {
      const items = this.#timelines.get(model) ?? [];
      items.push(item);
      if (items.length > itemsMax) items.shift();
      this.#timelines.set(model, items);
    }
    this.#move(event);
    for (const listen of this.#listeners) listen();
  }

  #move({ aliasesMoved, versionQuarantined, atMs: sinceMs, actor: by }: RegistryEvent): void {
    const { aliases = [], reason = '' } = aliasesMoved ?? versionQuarantined ?? {};
    for (const { model, alias, version, generation, isForced } of aliases) {
      const known = this.#aliases.get(model) ?? new Map<string, AliasItem>();
      known.set(alias, { alias, version, generation, isForced, sinceMs, by, reason });
      this.#aliases.set(model, known);
    }
  }
}
