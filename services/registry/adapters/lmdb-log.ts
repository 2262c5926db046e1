import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { KeyValueStore, StoreTable } from '../../shared/platform/store/key-value-store.ts';
import { logCorrupt, type RegistryEvent } from '../core/registry-event.ts';
import type { LogStore } from '../ports.ts';

const pageEvents = 256;

/** The log in LMDB: an event a row, by sequence, as canonical JSON. */
export class LmdbLog implements LogStore {
  readonly #store: KeyValueStore;
  readonly #events: StoreTable;

  constructor(store: KeyValueStore) {
    this.#store = store;
    this.#events = store.table('events');
  }

  async append(expectedSequence: number, events: readonly RegistryEvent[]): Promise<void> {
    await this.#store.commit(() => {
      const [last] = this.#events.range({ isReverse: true, limit: 1 });
      const sequence = Number(last?.key ?? 0);
      if (sequence !== expectedSequence) {
        throw new MeshError({
          code: 'ABORTED',
          reason: 'LOG_CONFLICT',
          message: `wanted to append after event ${expectedSequence}, but the log ends at ${sequence}; read what is new and decide again`,
          retry: { kind: 'after', delayMs: 0 },
        });
      }
      events.forEach((event, index) => {
        this.#events.put(sequence + 1 + index, Buffer.from(canonicalJson(event)));
      });
    });
  }

  async *read(fromSequence: number): AsyncGenerator<RegistryEvent> {
    let next = fromSequence;
    for (;;) {
      // Page by page, so that no snapshot of the store stays open while the caller is slow.
      const page = [...this.#events.range({ start: next, limit: pageEvents })];
      for (const { key, value } of page) yield eventOf(Number(key), value);
      if (page.length < pageEvents) return;
      next += pageEvents;
    }
  }
}

function eventOf(sequence: number, value: Uint8Array): RegistryEvent {
  try {
    // What this class wrote; the hash chain finds anything else that is JSON.
    return JSON.parse(Buffer.from(value).toString('utf8')) as RegistryEvent;
  } catch (error) {
    throw logCorrupt(sequence, 'its row is not JSON', error);
  }
}
