import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LmdbLog } from '../../services/registry/adapters/lmdb-log.ts';
import {
  chain,
  genesisHash,
  type RegistryEvent,
} from '../../services/registry/core/registry-event.ts';
import type { LogStore } from '../../services/registry/ports.ts';
import { MeshError } from '../../services/shared/kernel/mesh-error.ts';
import { KeyValueStore } from '../../services/shared/platform/store/key-value-store.ts';
import { temporaryFolder } from '../support/fake-mesh.ts';
import { MemoryLog } from '../support/memory-log.ts';

/** A log under test; `reopened` gives it anew from what was stored. */
interface LogUnderTest extends AsyncDisposable {
  readonly log: LogStore;
  reopened(): Promise<LogStore>;
}

const adapters: Readonly<Record<string, () => LogUnderTest>> = {
  'in memory'() {
    const log = new MemoryLog();
    return { log, reopened: () => Promise.resolve(log), [Symbol.asyncDispose]: async () => {} };
  },
  'in LMDB'() {
    const folder = temporaryFolder();
    let store = KeyValueStore.open({ directory: folder.path });
    return {
      log: new LmdbLog(store),
      async reopened() {
        await store[Symbol.asyncDispose]();
        store = KeyValueStore.open({ directory: folder.path });
        return new LmdbLog(store);
      },
      async [Symbol.asyncDispose]() {
        await store[Symbol.asyncDispose]();
        folder[Symbol.dispose]();
      },
    };
  },
};

/** Gives the events `from` to `until`, not included; their hashes are those of a log of nothing else. */
function events(from: number, until: number): readonly RegistryEvent[] {
  const made: RegistryEvent[] = [];
  for (let sequence = from; sequence < until; sequence += 1) {
    const fact = { kind: 'aliases-moved', aliases: [], reason: 'ü', isRollback: false } as const;
    made.push(chain(genesisHash, { sequence, atMs: sequence, actor: 'tester', fact }));
  }
  return made;
}

async function all(log: LogStore, from: number): Promise<readonly RegistryEvent[]> {
  const read: RegistryEvent[] = [];
  for await (const event of log.read(from)) read.push(event);
  return read;
}

const isConflict = (error: unknown) =>
  error instanceof MeshError && error.code === 'ABORTED' && error.reason === 'LOG_CONFLICT';

for (const [name, make] of Object.entries(adapters)) {
  describe(`a registry's log ${name}`, () => {
    it('is empty at first, wherever it is read from', async () => {
      await using under = make();
      assert.deepEqual(await all(under.log, 1), []);
      assert.deepEqual(await all(under.log, 7), []);
    });
    it('gives what was appended, from any sequence on', async () => {
      await using under = make();
      await under.log.append(0, events(1, 3));
      await under.log.append(2, events(3, 4));
      assert.deepEqual(await all(under.log, 1), events(1, 4));
      assert.deepEqual(await all(under.log, 3), events(3, 4));
      assert.deepEqual(await all(under.log, 4), []);
    });
    it('refuses to append where the log does not end, and changes nothing', async () => {
      await using under = make();
      await under.log.append(0, events(1, 3));
      for (const expected of [0, 1, 3]) {
        await assert.rejects(under.log.append(expected, events(9, 11)), isConflict);
      }
      assert.deepEqual(await all(under.log, 1), events(1, 3));
    });
    it('lets one of several appends at the same place win', async () => {
      await using under = make();
      const appends = Array.from({ length: 5 }, () => under.log.append(0, events(1, 2)));
      const settled = await Promise.allSettled(appends);
      assert.equal(settled.filter(({ status }) => status === 'fulfilled').length, 1);
      assert.deepEqual(await all(under.log, 1), events(1, 2));
    });
    it('keeps everything when it is opened again, over more than one page', async () => {
      await using under = make();
      await under.log.append(0, events(1, 601));
      const reopened = await under.reopened();
      assert.deepEqual(await all(reopened, 1), events(1, 601));
      await reopened.append(600, events(601, 602));
      assert.deepEqual(await all(reopened, 601), events(601, 602));
    });
  });
}

describe('a log in LMDB', () => {
  it('names the row that is no event', async () => {
    using folder = temporaryFolder();
    await using store = KeyValueStore.open({ directory: folder.path });
    const log = new LmdbLog(store);
    await log.append(0, events(1, 3));
    await store.commit(() => store.table('events').put(2, Buffer.from('{"sequence":')));
    await assert.rejects(
      all(log, 1),
      (error) =>
        error instanceof MeshError &&
        error.reason === 'LOG_CORRUPT' &&
        error.detail['sequence'] === 2,
    );
  });
});
