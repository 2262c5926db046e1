import { join } from 'node:path';
import { LmdbOnlineStore } from '../../services/feature/adapters/lmdb-online-store.ts';
import { storedView } from '../../services/feature/core/state-hash.ts';
import type { ViewPlan } from '../../services/shared/compute/plan.ts';
import { KeyValueStore } from '../../services/shared/platform/store/key-value-store.ts';
import type { RedisServer } from './redis-server.ts';

/** By entity: its chunks in hexadecimal digits, and how far it is. */
export type StoredStates = Map<string, Record<string, string>>;

/** Gives the states of all entities of some views that the LMDB in a data folder has. Nobody else may have it open. */
export async function lmdbStates(
  dataFolder: string,
  views: readonly ViewPlan[],
): Promise<StoredStates> {
  const files = KeyValueStore.open({ directory: join(dataFolder, 'feature', 'store') });
  const online = new LmdbOnlineStore(files);
  const states: StoredStates = new Map();
  for (const { id: view } of views.map(storedView)) {
    for (const key of online.keysAfter(view, undefined, 100_000)) {
      const stored = online.find(view, key);
      const chunks = (stored?.chunks ?? []).map(({ key: chunk, bytes }): [string, string] => [
        String(chunk),
        Buffer.from(bytes ?? []).toString('hex'),
      ]);
      const applied: [string, string] = ['applied', String(stored?.appliedSeq)];
      states.set(`${view}|${key}`, Object.fromEntries([...chunks, applied]));
    }
  }
  await files[Symbol.asyncDispose]();
  return states;
}

/** Gives the states of all entities of a mesh that a Redis has. */
export async function redisStates(server: RedisServer, mesh: string): Promise<StoredStates> {
  const redis = server.connect();
  await redis.connect();
  const states: StoredStates = new Map();
  for (const key of await redis.keys(`mlmesh:${mesh}:{*|*`)) {
    const fields = Object.entries(await redis.hgetallBuffer(key)).map(
      ([field, bytes]): [string, string] => [
        field,
        field === 'applied' ? bytes.toString() : bytes.toString('hex'),
      ],
    );
    states.set(/\{(.*)\}/s.exec(key)?.[1] ?? '', Object.fromEntries(fields));
  }
  redis.disconnect();
  return states;
}
