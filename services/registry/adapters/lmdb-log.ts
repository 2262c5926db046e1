import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import type { KeyValueStore, StoreTable } from '../../shared/platform/store/key-value-store.ts';
import type { RegistryEvent } from '../core/registry-event.ts';
import type { LogStore } from '../ports.ts';
import { logConflict } from './log-conflict.ts';
import { parseEventRow } from './parse-event-row.ts';

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
      if (sequence !== expectedSequence) throw logConflict(expectedSequence, sequence);
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
      for (const { key, value } of page) {
        yield parseEventRow(Number(key), Buffer.from(value).toString('utf8'));
      }
      if (page.length < pageEvents) return;
      next += pageEvents;
    }
  }
}
