import type { KeyValueStore, StoreTable } from '../../shared/platform/store/key-value-store.ts';
import type { AlertRecord } from '../core/alert-record.ts';
import type { Silence } from '../core/silence.ts';
import type { AlertStore, KeptChange } from '../ports.ts';

/** Alerts and silences in LMDB: a table each, by number, the records as JSON. */
export class LmdbAlerts implements AlertStore {
  readonly #store: KeyValueStore;
  readonly #alerts: StoreTable;
  readonly #silences: StoreTable;

  constructor(store: KeyValueStore) {
    this.#store = store;
    this.#alerts = store.table('alerts');
    this.#silences = store.table('silences');
  }

  load() {
    return {
      alerts: [...this.#alerts.range()].map(({ value }) => parse<AlertRecord>(value)),
      silences: [...this.#silences.range()].map(({ value }) => parse<Silence>(value)),
    };
  }

  async save({ alerts, silences, forgottenAlerts, forgottenSilences }: KeptChange): Promise<void> {
    await this.#store.commit(() => {
      for (const alert of alerts) this.#alerts.put(alert.number, bytesOf(alert));
      for (const silence of silences) this.#silences.put(silence.number, bytesOf(silence));
      for (const number of forgottenAlerts) this.#alerts.remove(number);
      for (const number of forgottenSilences) this.#silences.remove(number);
    });
  }
}

function bytesOf(value: AlertRecord | Silence): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** What {@link bytesOf} wrote: nobody else writes to the table. */
function parse<T>(bytes: Uint8Array): T {
  return JSON.parse(new TextDecoder().decode(bytes)) as T;
}
