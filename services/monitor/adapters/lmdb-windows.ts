import type { FeatureSetPlan } from '../../shared/compute/plan.ts';
import type {
  KeyValueStore,
  StoreKey,
  StoreTable,
} from '../../shared/platform/store/key-value-store.ts';
import type { RetainedLog } from '../../shared/platform/store/retention.ts';
import type { CountList } from '../core/statistics/plain-counts.ts';
import { addToWritten, readCounts, writeCounts } from '../core/windows/counts-bytes.ts';
import { outputStart } from '../core/windows/judge-output.ts';
import type {
  KeptReference,
  StoredCounts,
  StoredVersion,
  StoredWindow,
  VersionKey,
  VersionReference,
  WindowStore,
} from '../ports.ts';

/** What is kept of a version, without its key. */
type VersionFields = Omit<StoredVersion, keyof VersionKey>;
/** What is kept of a window beside its counts. */
type WindowFields = Omit<StoredWindow, keyof VersionKey | 'startMs' | 'counts'> & {
  /** When it was closed, by the clock of the machine, epoch ms; absent where that was not kept yet. */
  readonly closedAtMs?: number;
};

/** How counts are kept. */
export interface WindowStoreOptions {
  /** Closed windows of each version; the oldest leave when there are more. */
  readonly windowsMax: number;
  /** Gives the time, epoch ms, by which closed windows get old. */
  readonly now: () => number;
}

/** Closed windows that one commit lets go of. */
const removedMax = 256;

const noFields: VersionFields = {
  ...{ countedThrough: 0, closedUntilMs: 0, states: {} },
  output: outputStart,
};

/** Counts in LMDB, beside the log: minutes until their window is closed, then windows, by model, version and begin. */
export class LmdbWindows implements WindowStore, RetainedLog {
  readonly name = 'windows';
  readonly #store: KeyValueStore;
  readonly #options: WindowStoreOptions;
  readonly #versions: StoreTable;
  readonly #minutes: StoreTable;
  readonly #windows: StoreTable;
  readonly #windowFields: StoreTable;
  /** Closed windows in the order in which they were closed: [closedAtMs, model, version, startMs]. Their own time may be that of a replay. */
  readonly #closings: StoreTable;
  readonly #references: StoreTable;
  readonly #blobs: StoreTable;

  constructor(store: KeyValueStore, options: WindowStoreOptions) {
    this.#store = store;
    this.#options = options;
    this.#versions = store.table('counted-versions');
    this.#minutes = store.table('minutes');
    this.#windows = store.table('windows');
    this.#windowFields = store.table('window-fields');
    this.#closings = store.table('window-closings');
    this.#references = store.table('references');
    this.#blobs = store.table('reference-blobs');
  }

  *versions(): Generator<StoredVersion> {
    for (const { key, value } of this.#versions.range()) {
      if (!Array.isArray(key)) continue;
      const [model, version] = key;
      yield { model: String(model), version: Number(version), ...parsed<VersionFields>(value) };
    }
  }

  async addMinutes(
    minutes: readonly StoredCounts<CountList>[],
    countedThrough: number,
  ): Promise<void> {
    await this.#store.commit(() => {
      const versions = new Map<string, VersionKey>();
      for (const minute of minutes) {
        const { model, version, startMs, counts } = minute;
        const key = [model, version, startMs];
        const known = this.#minutes.get(key);
        const sum = known === undefined ? writeCounts(counts) : addToWritten(known, counts);
        this.#minutes.put(key, sum);
        versions.set(`${version}/${model}`, minute);
      }
      for (const key of versions.values()) this.#change(key, { countedThrough });
    });
  }

  *minutes(key: VersionKey, fromMs: number, untilMs: number): Generator<StoredCounts> {
    const { model, version } = key;
    const range = { start: [model, version, fromMs], end: [model, version, untilMs] };
    for (const { key: found, value } of this.#minutes.range(range)) {
      yield { model, version, startMs: timeOf(found), counts: readCounts(value) };
    }
  }

  firstMinute({ model, version }: VersionKey, fromMs: number): number | undefined {
    const range = { start: [model, version, fromMs], end: [model, version + 1], limit: 1 };
    for (const key of this.#minutes.keys(range)) return timeOf(key);
    return undefined;
  }

  async close(
    window: StoredWindow,
    after: Pick<StoredVersion, 'states' | 'output'>,
  ): Promise<void> {
    const { model, version, startMs, counts, endMs, profileDigest, plan, outputPlan } = window;
    const key = [model, version, startMs];
    const { states, output } = window;
    const closedAtMs = this.#options.now();
    const judged = { endMs, profileDigest, plan, outputPlan, states, output };
    const fields: WindowFields = { ...judged, closedAtMs };
    await this.#store.commit(() => {
      this.#remove(key);
      this.#windows.put(key, writeCounts(counts));
      this.#windowFields.put(key, bytesOf(fields));
      this.#closings.put([closedAtMs, ...key], new Uint8Array(0));
      this.#change(window, { closedUntilMs: endMs, ...after });
      const passed = { start: [model, version], end: [model, version, endMs] };
      for (const old of [...this.#minutes.keys(passed)]) this.#minutes.remove(old);
      const kept = [...this.#windows.keys({ start: [model, version], end: [model, version + 1] })];
      const surplus = Math.max(0, kept.length - this.#options.windowsMax);
      for (const old of kept.slice(0, surplus)) this.#remove(partsOf(old));
    });
  }

  bytes(): number {
    const tables = [this.#windows, this.#windowFields, this.#minutes, this.#closings];
    return tables.reduce((sum, table) => sum + table.bytes(), 0);
  }

  oldestMs(): number | undefined {
    const [oldest, newer] = this.#closings.keys({ limit: 2 });
    return oldest === undefined || newer === undefined ? undefined : Number(partsOf(oldest)[0]);
  }

  letGo(beforeMs: number): Promise<number> {
    return this.#store.commit(() => {
      // The newest stays.
      const oldest = [...this.#closings.keys({ limit: removedMax + 1 })].slice(0, -1);
      const old = oldest.filter((key) => Number(partsOf(key)[0]) < beforeMs);
      for (const key of old) {
        this.#remove(partsOf(key).slice(1));
        this.#closings.remove(key);
      }
      return old.length;
    });
  }

  /** Takes windows that do not say when they were closed for ones that were closed now. For a migration: O(windows), in one commit. */
  async orderAnew(): Promise<void> {
    await this.#store.commit(() => {
      const closedAtMs = this.#options.now();
      for (const { key, value } of [...this.#windowFields.range()]) {
        const fields = parsed<WindowFields>(value);
        if (fields.closedAtMs !== undefined) continue;
        this.#windowFields.put(key, bytesOf({ ...fields, closedAtMs }));
        this.#closings.put([closedAtMs, ...partsOf(key)], new Uint8Array(0));
      }
    });
  }

  /** Removes a closed window; inside a commit only. */
  #remove(key: (string | number)[]): void {
    const fields = this.#windowFields.get(key);
    const closedAtMs = fields && parsed<WindowFields>(fields).closedAtMs;
    if (closedAtMs !== undefined) this.#closings.remove([closedAtMs, ...key]);
    this.#windows.remove(key);
    this.#windowFields.remove(key);
  }

  window({ model, version }: VersionKey, untilMs: number): StoredWindow | undefined {
    const range = { start: [model, version], end: [model, version, untilMs], isReverse: true };
    for (const { key, value } of this.#windows.range(range)) {
      const fields = this.#windowFields.get(key);
      if (fields === undefined) continue;
      const { closedAtMs: _, ...found } = parsed<WindowFields>(fields);
      if (found.endMs > untilMs) continue;
      return { model, version, startMs: timeOf(key), counts: readCounts(value), ...found };
    }
    return undefined;
  }

  reference({ model, version }: VersionKey): VersionReference | undefined {
    const bytes = this.#references.get([model, version]);
    return bytes && parsed<VersionReference>(bytes);
  }

  profile(digest: string): Uint8Array | undefined {
    return this.#blobs.get(['profile', digest]);
  }

  featureSet(featureSetHash: string): FeatureSetPlan | undefined {
    const bytes = this.#blobs.get(['feature-set', featureSetHash]);
    return bytes && parsed<FeatureSetPlan>(bytes);
  }

  async keepReference({ model, version }: VersionKey, reference: KeptReference): Promise<void> {
    const { profile, featureSet, profileDigest, featureSetHash } = reference;
    await this.#store.commit(() => {
      if (profile !== undefined) this.#blobs.put(['profile', profileDigest], profile);
      if (featureSet !== undefined) {
        this.#blobs.put(['feature-set', featureSetHash], bytesOf(featureSet));
      }
      this.#references.put([model, version], bytesOf({ profileDigest, featureSetHash }));
    });
  }

  #change({ model, version }: VersionKey, change: Partial<VersionFields>): void {
    const bytes = this.#versions.get([model, version]);
    const before = bytes === undefined ? noFields : parsed<VersionFields>(bytes);
    this.#versions.put([model, version], bytesOf({ ...before, ...change }));
  }
}

function partsOf(key: StoreKey): (string | number)[] {
  return Array.isArray(key) ? key : [key];
}

function timeOf(key: unknown): number {
  return Array.isArray(key) ? Number(key[2]) : 0;
}

function bytesOf(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

/** What this class wrote. */
function parsed<T>(bytes: Uint8Array): T {
  return JSON.parse(Buffer.from(bytes).toString('utf8')) as T;
}
