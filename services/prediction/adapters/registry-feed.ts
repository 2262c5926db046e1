import type { ListVersionsResponse__Output } from '../../gen/mlmesh/registry/v1/ListVersionsResponse.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import type { Logger } from '../../shared/kernel/logger.ts';
import { messageOf } from '../../shared/kernel/mesh-error.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { ServiceClient } from '../../shared/platform/grpc/client.ts';
import type { RegistryView } from '../core/wanted-set.ts';
import type { RegistryFeed } from '../ports.ts';
import { parseVersion } from './parse-version.ts';
import type { ViewFile } from './view-file.ts';

/** What a feed is made of. */
export interface RegistryFeedOptions {
  readonly registry: ServiceClient<'mlmesh.registry.v1.RegistryService'>;
  readonly clock: Clock;
  /** Keeps what the registry said last, for a start while it is down. */
  readonly file: ViewFile;
  readonly log: Logger;
}

// A restarted registry is there again within a second or two.
const retryMsFirst = 100;
const retryMsMax = 2_000;

/**
 * Follows the registry. Each event of the log is only the sign to list again: the list is small, events are rare, and a feed
 * that folds nothing cannot be wrong.
 */
export class WatchedRegistryFeed implements RegistryFeed {
  readonly #options: RegistryFeedOptions;

  constructor(options: RegistryFeedOptions) {
    this.#options = options;
  }

  async follow(onView: (view: RegistryView) => void, signal: AbortSignal): Promise<void> {
    const { clock, file, log } = this.#options;
    const known = await file.read();
    if (known !== undefined) onView(viewOf(known));
    let retryMs = retryMsFirst;
    while (!signal.aborted) {
      try {
        await this.#followOnce((view) => {
          retryMs = retryMsFirst;
          onView(view);
        }, signal);
      } catch (error) {
        if (signal.aborted) return;
        log.warn('registry-lost', { message: messageOf(error), retryInMs: retryMs });
      }
      await clock.sleep(durationMs(retryMs), signal).catch(() => undefined);
      retryMs = Math.min(retryMsMax, retryMs * 2);
    }
  }

  async #followOnce(onView: (view: RegistryView) => void, signal: AbortSignal): Promise<void> {
    const { registry } = this.#options;
    let sequence = await this.#list(onView, signal);
    const events = registry.watch({ fromSequence: sequence + 1 }, { signal });
    for await (const { event } of events) {
      if (event && event.sequence > sequence) sequence = await this.#list(onView, signal);
    }
  }

  async #list(onView: (view: RegistryView) => void, signal: AbortSignal): Promise<number> {
    const list = await this.#options.registry.listVersions({}, { signal });
    onView(viewOf(list));
    await this.#options.file.write(list);
    return list.sequence;
  }
}

function viewOf(list: Pick<ListVersionsResponse__Output, 'versions' | 'aliases'>): RegistryView {
  return {
    versions: list.versions.map(parseVersion),
    aliases: list.aliases.map(({ model, alias, version }) => ({ model, alias, version })),
  };
}
