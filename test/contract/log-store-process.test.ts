import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { LmdbLog } from '../../services/registry/adapters/lmdb-log.ts';
import { PostgresLog } from '../../services/registry/adapters/postgres-log.ts';
import {
  chain,
  genesisHash,
  type RegistryEvent,
} from '../../services/registry/core/registry-event.ts';
import type { LogStore } from '../../services/registry/ports.ts';
import { MeshError } from '../../services/shared/kernel/mesh-error.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';
import { KeyValueStore } from '../../services/shared/platform/store/key-value-store.ts';
import { PostgresClient } from '../../services/shared/platform/store/postgres-client.ts';
import { parsePostgresUrl } from '../../services/shared/platform/store/postgres-url.ts';
import { eventually } from '../support/eventually.ts';
import { evidence } from '../support/evidence.ts';
import { temporaryFolder } from '../support/fake-mesh.ts';
import { MemoryLog } from '../support/memory-log.ts';
import { PostgresServer, skipPostgres } from '../support/postgres-server.ts';
import { SmallDisk } from '../support/small-disk.ts';

/** A log under test; `reopened` gives it anew from what was stored. */
interface LogUnderTest extends AsyncDisposable {
  readonly log: LogStore;
  reopened(): Promise<LogStore>;
}

function inMemory(): Promise<LogUnderTest> {
  const log = new MemoryLog();
  return Promise.resolve({
    log,
    reopened: () => Promise.resolve(log),
    [Symbol.asyncDispose]: async () => {},
  });
}

function inLmdb(): Promise<LogUnderTest> {
  const folder = temporaryFolder();
  let store = KeyValueStore.open({ directory: folder.path });
  return Promise.resolve({
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
  });
}

/** What logs live in for a suite; each gets it empty. */
interface Place extends AsyncDisposable {
  open(): Promise<LogUnderTest>;
}

async function inPostgres(): Promise<Place> {
  const server = await PostgresServer.start();
  let meshes = 0;
  return {
    async open() {
      meshes += 1;
      const mesh = `mesh ${meshes}`;
      let client = await connectTo(server);
      return {
        log: await PostgresLog.open(client, mesh),
        async reopened() {
          await client.close();
          client = await connectTo(server);
          return PostgresLog.open(client, mesh);
        },
        [Symbol.asyncDispose]: () => client.close(),
      };
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const connectTo = (server: PostgresServer) =>
  PostgresClient.connect({
    url: parsePostgresUrl(server.url),
    name: 'test',
    clock: systemClock,
    patienceMs: 1_000,
  });

const nowhere = (open: () => Promise<LogUnderTest>) => () =>
  Promise.resolve({ open, [Symbol.asyncDispose]: () => Promise.resolve() });

interface Adapter {
  readonly skip: string | false;
  readonly start: () => Promise<Place>;
}

const adapters: Readonly<Record<string, Adapter>> = {
  'in memory': { skip: false, start: nowhere(inMemory) },
  'in LMDB': { skip: false, start: nowhere(inLmdb) },
  'in Postgres': { skip: skipPostgres, start: inPostgres },
};

/** Gives the events `from` to `until`, not included; their hashes are those of a log of nothing else. */
function events(from: number, until: number): readonly RegistryEvent[] {
  const made: RegistryEvent[] = [];
  for (let sequence = from; sequence < until; sequence += 1) {
    // Evidence has what alias moves lack: fractions, and maps by name.
    const fact =
      sequence % 2 === 0
        ? ({ kind: 'evidence-attached', evidence: evidence() } as const)
        : ({ kind: 'aliases-moved', aliases: [], reason: 'ü', isRollback: false } as const);
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

for (const [name, { skip, start }] of Object.entries(adapters)) {
  describe(`a registry's log ${name}`, { skip }, () => {
    let place: Place;
    before(async () => {
      place = await start();
    });
    after(() => place[Symbol.asyncDispose]());
    it('is empty at first, wherever it is read from', async () => {
      await using under = await place.open();
      assert.deepEqual(await all(under.log, 1), []);
      assert.deepEqual(await all(under.log, 7), []);
    });
    it('gives what was appended, from any sequence on', async () => {
      await using under = await place.open();
      await under.log.append(0, events(1, 3));
      await under.log.append(2, events(3, 4));
      assert.deepEqual(await all(under.log, 1), events(1, 4));
      assert.deepEqual(await all(under.log, 3), events(3, 4));
      assert.deepEqual(await all(under.log, 4), []);
    });
    it('refuses to append where the log does not end, and changes nothing', async () => {
      await using under = await place.open();
      await under.log.append(0, events(1, 3));
      for (const expected of [0, 1, 3]) {
        await assert.rejects(under.log.append(expected, events(9, 11)), isConflict);
      }
      assert.deepEqual(await all(under.log, 1), events(1, 3));
    });
    it('lets one of several appends at the same place win', async () => {
      await using under = await place.open();
      const appends = Array.from({ length: 5 }, () => under.log.append(0, events(1, 2)));
      const settled = await Promise.allSettled(appends);
      assert.equal(settled.filter(({ status }) => status === 'fulfilled').length, 1);
      assert.deepEqual(await all(under.log, 1), events(1, 2));
    });
    it('keeps everything when it is opened again, over more than one page', async () => {
      await using under = await place.open();
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

const hasReason = (code: string, reason: string) => (error: unknown) =>
  error instanceof MeshError && error.code === code && error.reason === reason;

describe('a log in Postgres', { skip: skipPostgres }, () => {
  let server: PostgresServer;
  let client: PostgresClient;
  before(async () => {
    server = await PostgresServer.start();
    client = await connectTo(server);
  });
  after(async () => {
    await client.close();
    await server[Symbol.asyncDispose]();
  });

  it('belongs to one mesh of several', async () => {
    const [one, two] = [
      await PostgresLog.open(client, 'one'),
      await PostgresLog.open(client, 'two'),
    ];
    await one.append(0, events(1, 3));
    await two.append(0, events(1, 2));
    assert.deepEqual([(await all(one, 1)).length, (await all(two, 1)).length], [2, 1]);
  });
  it('lets one of two registries append several events at one place, all of them or none', async () => {
    const other = await connectTo(server);
    const logs = [await PostgresLog.open(client, 'race'), await PostgresLog.open(other, 'race')];
    for (let end = 0; end < 60; end += 3) {
      const appends = logs.map((log, index) =>
        log.append(
          end,
          events(end + 1, end + 4).map((event) => ({ ...event, atMs: index })),
        ),
      );
      const settled = await Promise.allSettled(appends);
      const refused = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
      assert.equal(refused.length, 1);
      assert.ok(isConflict(refused[0]));
    }
    const written = await all(logs[0] ?? assert.fail(), 1);
    assert.equal(written.length, 60);
    for (let first = 0; first < 60; first += 3) {
      assert.equal(new Set(written.slice(first, first + 3).map(({ atMs }) => atMs)).size, 1);
    }
    await other.close();
  });
  it('appends once when the connection breaks before it can say so', async () => {
    const log = await PostgresLog.open(client, 'cut');
    await log.append(0, events(1, 2));
    for (let end = 1; end < 40; end += 1) {
      const cutting = server.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'test'",
      );
      await log.append(end, events(end + 1, end + 2));
      await cutting;
    }
    assert.deepEqual(await all(log, 1), events(1, 41));
  });
  it('goes on after a restart in the middle of its calls, and has what it acknowledged', async (test) => {
    const log = await PostgresLog.open(client, 'restart');
    let end = 0;
    let isOver = false;
    test.after(() => {
      isOver = true;
    });
    const refused: unknown[] = [];
    // Looks where the log ends, as a registry does: what was refused as unavailable may have been written.
    const lookAgain = async () => {
      while (!isOver) {
        const written = await all(log, 1).catch(() => undefined);
        if (written === undefined) continue;
        end = written.length;
        return;
      }
    };
    const writing = (async () => {
      while (!isOver) {
        try {
          await log.append(end, events(end + 1, end + 2));
          end += 1;
        } catch (error) {
          refused.push(error);
          await lookAgain();
        }
      }
    })();
    await eventually('some events are written', () => end > 20);
    for (const how of ['fast', 'immediate'] as const) {
      await server.end(how);
      await server.launch();
      const before = end;
      await eventually('it goes on', () => end > before + 5);
    }
    await server.end('immediate');
    await eventually('it says that nobody answers', () => refused.length > 0);
    isOver = true;
    await writing;
    for (const error of refused) assert.ok(hasReason('UNAVAILABLE', 'STORE_UNAVAILABLE')(error));
    await server.launch();
    const written = await all(log, 1);
    assert.ok(written.length === end || written.length === end + 1, `${written.length} of ${end}`);
    assert.deepEqual(written, events(1, written.length + 1));
  });
  it('says where a row is missing or is no event', async () => {
    const log = await PostgresLog.open(client, 'hole');
    await log.append(0, events(1, 5));
    await server.query(
      "UPDATE mlmesh_registry_events SET body = '{' WHERE mesh = 'hole' AND sequence = 4",
    );
    await assert.rejects(all(log, 1), hasReason('DATA_LOSS', 'LOG_CORRUPT'));
    await server.query("DELETE FROM mlmesh_registry_events WHERE mesh = 'hole' AND sequence = 2");
    await assert.rejects(all(log, 1), /event 2: its row is missing/);
  });
  it('is not opened where the server refuses user, database or table, and says so at once', async () => {
    await server.query('CREATE ROLE guest LOGIN');
    const at = (user: string, database: string) =>
      parsePostgresUrl(`postgres://${user}:secret@127.0.0.1:${server.port}/${database}`);
    for (const url of [
      at('nobody', 'postgres'),
      at('mlmesh', 'nothing'),
      at('guest', 'postgres'),
    ]) {
      await server.query('DROP TABLE IF EXISTS mlmesh_registry_events');
      const opening = (async () => {
        const guest = await PostgresClient.connect({ url, name: 'test', clock: systemClock });
        try {
          await PostgresLog.open(guest, 'refused');
        } finally {
          await guest.close();
        }
      })();
      await assert.rejects(
        opening,
        (error) =>
          hasReason('FAILED_PRECONDITION', 'INVALID_CONFIG')(error) &&
          !String(error).includes('secret'),
      );
    }
  });
  it('is not opened where nobody answers, without its password in the error', async () => {
    const url = parsePostgresUrl('postgres://me:secret@127.0.0.1:1/x');
    const options = { url, name: 'test', clock: systemClock, patienceMs: 1 };
    await assert.rejects(
      PostgresClient.connect(options),
      (error) =>
        hasReason('UNAVAILABLE', 'STORE_UNAVAILABLE')(error) && !String(error).includes('secret'),
    );
  });
});

/** Why a small disk can't be had; a CI machine has to have one. */
function withoutDisk(): string | false {
  if (process.env['CI'] !== undefined) return false;
  using disk = SmallDisk.mount(1_048_576);
  return disk === undefined ? 'this user may not mount a small disk' : false;
}

describe('a log in a Postgres whose disk is full', { skip: skipPostgres || withoutDisk() }, () => {
  it('refuses what it has no room for, loses nothing, and goes on when there is room', async () => {
    using disk = SmallDisk.mount(256 * 1_048_576);
    assert.ok(disk !== undefined, 'a CI machine may mount a small disk');
    await using server = await PostgresServer.start(disk.path);
    const client = await connectTo(server);
    const log = await PostgresLog.open(client, 'full');
    let end = 0;
    // Rows of some kilobytes each, which the table has to grow for.
    const wide = (from: number) =>
      events(from, from + 20).map((event) => ({
        ...event,
        actor: randomBytes(2_000).toString('hex'),
      }));
    await log.append(0, wide(1));
    end = 20;
    disk.fill(65_536);
    const full = async () => {
      for (;;) {
        await log.append(end, wide(end + 1));
        end += 20;
      }
    };
    await assert.rejects(full(), hasReason('RESOURCE_EXHAUSTED', 'DISK_FULL'));
    assert.equal((await all(log, 1)).length, end);
    disk.free();
    await log.append(end, wide(end + 1));
    assert.equal((await all(log, 1)).length, end + 20);
    await client.close();
  });
});
