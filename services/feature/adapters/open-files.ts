import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Mesh } from '../../shared/definition/mesh.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { KeyValueStore } from '../../shared/platform/store/key-value-store.ts';
import { lmdbOnline } from '../../shared/platform/store/online-choice.ts';
import { RedisClient } from '../../shared/platform/store/redis-client.ts';
import { parseRedisUrl } from '../../shared/platform/store/redis-url.ts';
import type { RetainedLog } from '../../shared/platform/store/retention.ts';
import { hiddenPlaces } from '../core/erasure.ts';
import type { SourceManifest } from '../core/source-manifest.ts';
import { stateHash } from '../core/state-hash.ts';
import type { JobThreadSettings } from '../jobs/job-protocol.ts';
import type { AnswerStore, EventStore, OnlineStore } from '../ports.ts';
import { readManifest } from './duckdb-importer.ts';
import { DuckdbSession } from './duckdb-session.ts';
import { DuckdbWarehouse } from './duckdb-warehouse.ts';
import { LmdbAnswerStore } from './lmdb-answer-store.ts';
import { LmdbEventStore } from './lmdb-event-store.ts';
import { LmdbOnlineStore } from './lmdb-online-store.ts';
import {
  onlineIndexTable,
  RedisOnlineStore,
  type RedisOnlineStoreOptions,
  type RedisView,
} from './redis-online-store.ts';

/** The stores of the feature service, as one thread has them open. */
export interface FeatureFiles {
  readonly store: EventStore;
  /** The log of answers. */
  readonly answers: AnswerStore & RetainedLog;
  readonly session: DuckdbSession;
  readonly warehouse: DuckdbWarehouse;
  readonly warehouseFolder: string;
  readonly manifestOf: (source: string) => SourceManifest | undefined;
  /**
   * Opens the online store, once.
   * @throws {MeshError} as parseRedisUrl and RedisClient.connect
   */
  readonly openOnline: () => Promise<OnlineStore>;
  /** Makes the online store the one that is in use, before it is read: states from before another one was are not trusted. */
  readonly moveIn: (online: OnlineStore) => Promise<void>;
  /** Makes reads see what other threads have committed until now. */
  readonly renew: () => void;
  readonly close: () => Promise<void>;
}

/**
 * Opens the stores.
 * @throws {MeshError} DATA_LOSS / STATE_CORRUPT
 */
export async function openFiles(
  settings: JobThreadSettings,
  mesh: Pick<Mesh, 'views' | 'sources'>,
  clock: Clock,
): Promise<FeatureFiles> {
  const { dataFolder, duckdbThreadsMax, duckdbMemoryBytesMax } = settings;
  const warehouseFolder = join(dataFolder, 'warehouse');
  mkdirSync(warehouseFolder, { recursive: true });
  const files = KeyValueStore.open({ directory: join(dataFolder, 'store') });
  const store = new LmdbEventStore(files);
  const inLmdb = new LmdbOnlineStore(files);
  // Tables are there before the first commit.
  files.table(onlineIndexTable);
  const open = async (): Promise<OnlineStore> =>
    settings.onlineStore === lmdbOnline
      ? inLmdb
      : await openRedis(settings, mesh, { files, logId: await store.logId(), clock });
  let opening: Promise<OnlineStore> | undefined;
  const session = await DuckdbSession.open({
    threadsMax: duckdbThreadsMax,
    memoryBytesMax: duckdbMemoryBytesMax,
    spillFolder: join(warehouseFolder, 'spill'),
  });
  const answers = new LmdbAnswerStore(join(dataFolder, 'answers'), () => clock.epoch());
  const hiddenOf = (source: string) => hiddenPlaces(store.erasures(), source);
  return {
    store,
    answers,
    session,
    warehouse: new DuckdbWarehouse(session, warehouseFolder, hiddenOf),
    warehouseFolder,
    manifestOf: (source) => readManifest(warehouseFolder, source),
    async openOnline() {
      opening ??= open();
      try {
        return await opening;
      } catch (error) {
        opening = undefined;
        throw error;
      }
    },
    renew() {
      files.renew();
      answers.renew();
    },
    moveIn: (online) => moveIn(settings.onlineStore, { store, online, inLmdb, mesh }),
    async close() {
      session.close();
      await (await opening)?.close();
      await answers.close();
      await files[Symbol.asyncDispose]();
    },
  };
}

type RedisParts = Pick<RedisOnlineStoreOptions, 'files' | 'logId' | 'clock'>;

async function openRedis(
  { onlineStore, meshName, slackMs }: JobThreadSettings,
  { views, sources }: Pick<Mesh, 'views' | 'sources'>,
  parts: RedisParts,
): Promise<OnlineStore> {
  const url = parseRedisUrl(onlineStore);
  const { clock } = parts;
  const client = await RedisClient.connect({ url, name: `mlmesh-${meshName}`, clock });
  const ahead = new Map(sources.map(({ name, visibleAfterMs }) => [name, visibleAfterMs]));
  const lives = views.map((view): [string, RedisView] => {
    // From when it is written: an event may be written before it is visible.
    const lifeMs = view.retentionMs + slackMs + (ahead.get(view.source) ?? 0);
    return [view.id, { stateHash: stateHash(view), lifeMs }];
  });
  return new RedisOnlineStore({ ...parts, client, meshName, views: new Map(lives) });
}

interface Moving {
  readonly store: LmdbEventStore;
  readonly online: OnlineStore;
  readonly inLmdb: LmdbOnlineStore;
  readonly mesh: Pick<Mesh, 'views'>;
}

/** What a store had before the state lived elsewhere for a while says nothing about now. */
async function moveIn(home: string, { store, online, inLmdb, mesh }: Moving): Promise<void> {
  // The user of a Redis may change and its password be secret: what matters is where it is.
  const place = home === lmdbOnline ? home : parseRedisUrl(home).shown;
  if ((store.onlineHome() ?? lmdbOnline) === place) return;
  await online.forget();
  if (online !== inLmdb) for (const { id } of mesh.views) await inLmdb.clearView(id);
  await store.writeOnlineHome(place);
}
