import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { KeyValueStore } from '../../shared/platform/store/key-value-store.ts';
import type { SourceManifest } from '../core/source-manifest.ts';
import type { AnswerStore, EventStore, OnlineStore } from '../ports.ts';
import { readManifest } from './duckdb-importer.ts';
import { DuckdbSession } from './duckdb-session.ts';
import { DuckdbWarehouse } from './duckdb-warehouse.ts';
import { LmdbAnswerStore } from './lmdb-answer-store.ts';
import { LmdbEventStore } from './lmdb-event-store.ts';
import { LmdbOnlineStore } from './lmdb-online-store.ts';

/** Where the files are, and what DuckDB may take. */
export interface FileSettings {
  /** Folder of the feature service's files. */
  readonly dataFolder: string;
  readonly duckdbThreadsMax: number;
  readonly duckdbMemoryBytesMax: number;
}

/** The stores of the feature service, as one thread has them open. */
export interface FeatureFiles {
  readonly store: EventStore;
  readonly online: OnlineStore;
  /** The log of answers. */
  readonly answers: AnswerStore;
  readonly session: DuckdbSession;
  readonly warehouse: DuckdbWarehouse;
  readonly warehouseFolder: string;
  readonly manifestOf: (source: string) => SourceManifest | undefined;
  readonly close: () => Promise<void>;
}

/**
 * Opens the stores.
 * @throws {MeshError} DATA_LOSS / STATE_CORRUPT
 */
export async function openFiles(settings: FileSettings): Promise<FeatureFiles> {
  const { dataFolder, duckdbThreadsMax, duckdbMemoryBytesMax } = settings;
  const warehouseFolder = join(dataFolder, 'warehouse');
  mkdirSync(warehouseFolder, { recursive: true });
  const session = await DuckdbSession.open({
    threadsMax: duckdbThreadsMax,
    memoryBytesMax: duckdbMemoryBytesMax,
    spillFolder: join(warehouseFolder, 'spill'),
  });
  const files = KeyValueStore.open({ directory: join(dataFolder, 'store') });
  const online = new LmdbOnlineStore(files);
  const answers = new LmdbAnswerStore(join(dataFolder, 'answers'));
  return {
    store: new LmdbEventStore(files),
    online,
    answers,
    session,
    warehouse: new DuckdbWarehouse(session, warehouseFolder),
    warehouseFolder,
    manifestOf: (source) => readManifest(warehouseFolder, source),
    async close() {
      session.close();
      await online.close();
      await answers.close();
      await files[Symbol.asyncDispose]();
    },
  };
}
