import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { mesh as purchasesMesh } from '../../deploy/purchases/mesh.ts';
import { readyLine } from '../../services/cli/commands/up.ts';
import { connectMesh } from '../../services/cli/rpc/connect-mesh.ts';
import { featureStatus } from '../../services/shared/compute/feature-status.ts';
import { viewColumnsOf } from '../../services/shared/compute/row.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/fake-mesh.ts';
import { MeshProcess, mlmeshBeside } from '../support/mesh-process.ts';
import { RedisServer, skipRedis } from '../support/redis-server.ts';
import { lmdbStates, redisStates, type StoredStates } from '../support/stored-states.ts';

interface Purchase {
  readonly id: number;
  readonly atMs: number;
  readonly userId: string;
  readonly kind: string | null;
  readonly cents: bigint | null;
}

const dayMs = 86_400_000;
const beginMs = Date.UTC(2025, 3, 1);
const [featureSet] = purchasesMesh.featureSets;
assert.ok(featureSet !== undefined);
const names = viewColumnsOf(featureSet).map(({ column }) => column.name);

async function history(): Promise<readonly Purchase[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(
    `SELECT id, epoch_ms(boughtAt), userId, kind, (amount * 100)::BIGINT FROM read_parquet('deploy/purchases/purchases.parquet')`,
  );
  connection.closeSync();
  instance.closeSync();
  return reader.getRows().map(([id, atMs, userId, kind, cents]) => ({
    id: Number(id),
    atMs: Number(atMs),
    userId: String(userId),
    kind: kind === null ? null : String(kind),
    cents: typeof cents === 'bigint' ? cents : null,
  }));
}

/** Eight days of purchases; each tenth comes three days late, each fiftieth nine. */
const fresh = Array.from({ length: 400 }, (_, index): Purchase => {
  const lateDays = index % 50 === 49 ? 9 : index % 10 === 9 ? 3 : 0;
  return {
    id: 30_000 + index,
    atMs: beginMs + index * 1_800_000 - lateDays * dayMs,
    userId: `u${String((index * 7) % 40).padStart(3, '0')}`,
    kind: ['food', 'books', 'home', 'travel', null][index % 5] ?? null,
    cents: index % 23 === 0 ? null : BigInt((index * 7_919) % 20_000) - 500n,
  };
});

function lineOf({ id, atMs, userId, kind, cents }: Purchase): string {
  const boughtAt = new Date(atMs).toISOString();
  return JSON.stringify({
    id,
    boughtAt,
    userId,
    kind,
    amount: cents === null ? null : Number(cents) / 100,
  });
}

/** What has to come of purchases that are sent after others, by the rules alone. */
function taken(known: readonly Purchase[], sent: readonly Purchase[]) {
  const ids = new Set(known.map(({ id }) => id));
  const counting = [...known];
  const counts = { appended: 0, duplicates: 0, lateAccepted: 0, lateDropped: 0 };
  let newestMs = Math.max(...known.map(({ atMs }) => atMs));
  for (const purchase of sent) {
    if (ids.has(purchase.id)) {
      counts.duplicates += 1;
      continue;
    }
    ids.add(purchase.id);
    const lateMs = newestMs - purchase.atMs;
    newestMs = Math.max(newestMs, purchase.atMs);
    if (lateMs > 7 * dayMs) {
      counts.lateDropped += 1;
      continue;
    }
    counts.appended += 1;
    counts.lateAccepted += lateMs > 0 ? 1 : 0;
    counting.push(purchase);
  }
  return { counting, counts };
}

type Cell = readonly [value: number, status: number];

/** Values by the definitions' words: amounts are added as whole cents, of any size, and divided once. */
function expected(
  all: readonly Purchase[],
  userId: string,
  t: number,
): Readonly<Record<string, Cell>> {
  const before = all.filter((one) => one.userId === userId && one.atMs < t);
  if (before.length === 0) {
    return Object.fromEntries(names.map((name) => [name, [0, featureStatus.notFound] as const]));
  }
  const last = (days: number) => before.filter(({ atMs }) => atMs >= t - days * dayMs);
  const sum = (some: readonly Purchase[]): Cell => {
    const cents = some.reduce((total, one) => total + (one.cents ?? 0n), 0n);
    return [Number(cents) / 100, featureStatus.present];
  };
  const paid = last(30).filter(({ cents }) => cents !== null);
  const total = paid.reduce((cents, one) => cents + (one.cents ?? 0n), 0n);
  const on = (kind: string): Cell => sum(last(30).filter((one) => one.kind === kind));
  return {
    avgPurchase30d:
      paid.length === 0
        ? [0, featureStatus.null]
        : [Number(total) / (100 * paid.length), featureStatus.present],
    purchases7d: [last(7).length, featureStatus.present],
    spend7d: sum(last(7)),
    spend30d: sum(last(30)),
    spend30dOnFood: on('food'),
    spend30dOnBooks: on('books'),
    spend30dOnHome: on('home'),
    spend30dOnTravel: on('travel'),
  };
}

/** The middle, the end, and both edges of a window: an event at t does not count, one at t - 7d does. */
const edgeMs = fresh[100]?.atMs ?? Number.NaN;
const times = [beginMs + 4.5 * dayMs, edgeMs, edgeMs + 7 * dayMs, beginMs + 9 * dayMs];
const users = [
  ...Array.from({ length: 45 }, (_, index) => `u${String(index).padStart(3, '0')}`),
  'nobody',
];
const questions = times.flatMap((t) => users.map((userId) => ({ userId, t })));

class Purchases implements AsyncDisposable {
  readonly data: string;
  readonly process: MeshProcess;

  constructor(data: string, online: string) {
    this.data = data;
    this.process = new MeshProcess(data, [
      'deploy/purchases',
      '--port-base',
      '0',
      '--online',
      online,
    ]);
  }

  async untilReady(): Promise<void> {
    await eventually(
      'the mesh serves',
      () => {
        assert.equal(this.process.child.exitCode, null, this.process.text);
        return this.process.text.includes(readyLine);
      },
      120_000,
    );
  }

  async run(...args: readonly string[]) {
    return await mlmeshBeside(...args, '--data', this.data);
  }

  async json(...args: readonly string[]) {
    const { status, stdout, stderr } = await this.run(...args, '--json');
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout);
  }

  async read(): Promise<{ readonly values: Float64Array; readonly statuses: Uint8Array }> {
    const addresses = this.process.record()?.addresses;
    assert.ok(addresses !== undefined && featureSet !== undefined);
    using connection = connectMesh(addresses, systemClock);
    const query = {
      featureSetHash: featureSet.hash,
      rows: questions.length,
      keys: questions.map(({ userId }) => userId),
      atMs: Buffer.from(Float64Array.from(questions, ({ t }) => t).buffer),
    };
    const { rows } = await connection.feature.getOnlineFeatures({ query });
    assert.ok(rows);
    return {
      values: new Float64Array(Uint8Array.from(rows.values).buffer),
      statuses: Uint8Array.from(rows.statuses),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process.end('SIGTERM');
  }
}

describe('the mesh of purchases, which has no model', () => {
  let known: readonly Purchase[] = [];
  let onLmdb: StoredStates | undefined;

  before(async () => {
    known = await history();
  });

  /** Ingests, asks and audits; what is stored at the end is the caller's to read. */
  async function tell(data: string, online: string): Promise<void> {
    await using purchases = new Purchases(data, online);
    await purchases.untilReady();
    const sent = [...fresh.slice(0, 300), ...fresh.slice(250, 310), ...known.slice(0, 5), ...fresh];
    const file = join(data, '..', `${online.slice(0, 5).replace(':', '')}.ndjson`);
    writeFileSync(file, `${sent.map(lineOf).join('\n')}\n`);
    const { counting, counts } = taken(known, sent);
    assert.ok(counts.lateDropped > 3 && counts.lateAccepted > 20 && counts.duplicates > 300);

    const bad = `${file}.bad`;
    writeFileSync(bad, `${lineOf(fresh[0] ?? known[0] ?? assert.fail())}\n{"id":1}\n`);
    const refused = await purchases.run('ingest', 'purchases', bad);
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /line 2: column 'boughtAt' is missing/);

    const { logOffset, events, ...ingested } = await purchases.json('ingest', 'purchases', file);
    assert.equal(events, sent.length);
    assert.deepEqual(ingested, counts);
    assert.equal(logOffset, known.length + counts.appended + counts.lateDropped);
    const again = await purchases.json('ingest', 'purchases', file);
    assert.deepEqual([again.appended, again.duplicates], [0, sent.length]);

    const { values, statuses } = await purchases.read();
    const cells = questions.flatMap(({ userId, t }) => {
      const row = expected(counting, userId, t);
      return names.map((name) => ({ userId, t, name, cell: row[name] }));
    });
    for (const [index, { cell, ...what }] of cells.entries()) {
      assert.deepEqual([values[index], statuses[index]], cell, JSON.stringify(what));
    }
    const t = beginMs + 9 * dayMs;
    const sheet = await purchases.json(
      'features',
      'get',
      'spending',
      'userId=u007',
      '--at',
      String(t),
    );
    const wanted = expected(counting, 'u007', t);
    const [spend7d, spend30d] = [wanted['spend7d']?.[0] ?? 0, wanted['spend30d']?.[0] ?? 0];
    assert.deepEqual(
      sheet.features.map(({ name, value }: { name: string; value: number }) => [name, value]),
      featureSet?.columns.map(({ name }) => [name, wanted[name]?.[0] ?? spend7d / spend30d]),
    );

    const audit = await purchases.json('features', 'parity');
    assert.equal(audit.mismatches, 0);
    assert.equal(audit.answers, questions.length + 1);
  }

  it('gives what the definitions say, on LMDB', async () => {
    using folder = temporaryFolder();
    const data = join(folder.path, 'data');
    await tell(data, 'lmdb');
    onLmdb = await lmdbStates(data, purchasesMesh.views);
    assert.ok(onLmdb.size >= 490, `${onLmdb.size} users`);
  });

  it('gives the same on Redis, and stores the same bytes', { skip: skipRedis }, async () => {
    await using server = await RedisServer.start();
    using folder = temporaryFolder();
    await tell(join(folder.path, 'data'), server.url);
    assert.deepEqual(await redisStates(server, purchasesMesh.name), onLmdb);
  });
});
