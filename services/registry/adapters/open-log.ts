import { join } from 'node:path';
import type { Clock } from '../../shared/kernel/clock.ts';
import { KeyValueStore } from '../../shared/platform/store/key-value-store.ts';
import { PostgresClient } from '../../shared/platform/store/postgres-client.ts';
import { parsePostgresUrl } from '../../shared/platform/store/postgres-url.ts';
import { lmdbRegistry } from '../../shared/platform/store/registry-choice.ts';
import type { LogStore } from '../ports.ts';
import { LmdbLog } from './lmdb-log.ts';
import { PostgresLog } from './postgres-log.ts';

/** Where a log is to be. */
export interface LogPlace {
  /** `lmdb`, or the URL of a Postgres. */
  readonly store: string;
  /** Folder of the registry. */
  readonly folder: string;
  readonly meshName: string;
  readonly clock: Clock;
}

/** A log that is open. */
export interface OpenLog {
  readonly log: LogStore;
  /** Whether other registries may append to it. */
  readonly isShared: boolean;
  close(): Promise<void>;
}

/**
 * Opens the log of the registry.
 * @throws {MeshError} UNAVAILABLE / STORE_UNAVAILABLE; DATA_LOSS / STATE_CORRUPT; FAILED_PRECONDITION / INVALID_CONFIG
 */
export async function openLog({ store, folder, meshName, clock }: LogPlace): Promise<OpenLog> {
  if (store === lmdbRegistry) {
    const files = KeyValueStore.open({ directory: join(folder, 'log') });
    return {
      log: new LmdbLog(files),
      isShared: false,
      close: () => files[Symbol.asyncDispose](),
    };
  }
  const url = parsePostgresUrl(store);
  const client = await PostgresClient.connect({ url, name: `mlmesh-registry ${meshName}`, clock });
  try {
    return {
      log: await PostgresLog.open(client, meshName),
      isShared: true,
      close: () => client.close(),
    };
  } catch (error) {
    await client.close();
    throw error;
  }
}
