import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { readyLine } from '../../services/cli/commands/up.ts';
import { MeshError } from '../../services/shared/kernel/mesh-error.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/fake-mesh.ts';
import { MeshProcess, mlmeshBeside } from '../support/mesh-process.ts';
import { PostgresServer, skipPostgres } from '../support/postgres-server.ts';
import { artifact, attachments, provenance } from '../support/provenance.ts';
import {
  impatientRegistry,
  type RegistryClient,
  RunningRegistry,
  registrationOf,
  uploadWhole,
} from '../support/running-registry.ts';

const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const shadow = { model: 'm', alias: 'shadow', expectedGeneration: -1, reason: 'r' };

async function register(client: RegistryClient, trainedAtMs: number): Promise<number> {
  for (const bytes of attachments) await uploadWhole(client, bytes, digestOf(bytes));
  const wanted = provenance({ trainedAtMs });
  const { version } = await client.registerVersion(registrationOf('m', wanted, [artifact]));
  return version?.version ?? 0;
}

/** The mesh of purchases with its registry in a Postgres. */
class Mesh implements AsyncDisposable {
  readonly #process: MeshProcess;
  readonly #data: string;

  constructor(data: string, file: string, url: string) {
    this.#data = data;
    this.#process = new MeshProcess(data, [file, '--registry', url, '--port-base', '0']);
  }

  /** Gives a client of its registry once it serves. */
  async client(): Promise<RegistryClient> {
    await eventually(
      'the mesh serves',
      () => {
        assert.equal(this.#process.child.exitCode, null, this.#process.text);
        return this.#process.text.includes(readyLine);
      },
      120_000,
    );
    const addresses = this.#process.record()?.addresses;
    return impatientRegistry(addresses?.registry[0] ?? '');
  }

  models(...args: readonly string[]) {
    return mlmeshBeside('models', ...args, '--data', this.#data);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.end('SIGTERM');
  }
}

/** Moves an alias again and again until told to stop; gives the sequences that were acknowledged. */
async function moveOn(client: RegistryClient, signal: AbortSignal): Promise<readonly number[]> {
  const acknowledged: number[] = [];
  while (!signal.aborted) {
    const version = 1 + (acknowledged.length % 2);
    try {
      acknowledged.push((await client.promote({ ...shadow, version })).sequence);
    } catch (error) {
      assert.ok(error instanceof MeshError && error.reason === 'STORE_UNAVAILABLE', String(error));
    }
  }
  return acknowledged;
}

async function historyOf(client: RegistryClient): Promise<readonly number[]> {
  const sequences: number[] = [];
  for (let fromSequence = 1; ; ) {
    const { events } = await client.history({ fromSequence });
    sequences.push(...events.map(({ sequence }) => sequence));
    if (events.length < 1_000) return sequences;
    fromSequence = sequences.length + 1;
  }
}

describe('a mesh whose registry is in a Postgres', { skip: skipPostgres }, () => {
  it('registers, promotes, survives restarts of the Postgres and its own, and shares the table with another mesh', async () => {
    await using server = await PostgresServer.start();
    using folder = temporaryFolder();
    const data = join(folder.path, 'data');
    const acknowledged: number[] = [];
    {
      await using mesh = new Mesh(data, 'deploy/purchases', server.url);
      const client = await mesh.client();
      assert.equal(await register(client, 1), 1);
      assert.equal(await register(client, 2), 2);
      const moved = await mesh.models('promote', 'm@2', '--alias', 'shadow', '--reason', 'first');
      assert.deepEqual([moved.status, moved.stdout], [0, 'm: shadow is version 2 now\n']);

      // A restart in the middle of calls: they wait, and none that was answered is lost.
      const over = new AbortController();
      const moving = moveOn(client, over.signal);
      await delay(200);
      await server.end('immediate');
      const beside = mesh.models('promote', 'm@1', '--alias', 'shadow-b', '--reason', 'meanwhile');
      await delay(300);
      await server.launch();
      assert.equal((await beside).status, 0, (await beside).stderr);
      await delay(300);
      over.abort();
      acknowledged.push(...(await moving));
      assert.ok(acknowledged.length > 10, `${acknowledged.length} moves`);

      // An outage that lasts: what changes something is refused, what is known is told.
      await server.end('fast');
      const refused = await mesh.models('promote', 'm@1', '--alias', 'shadow', '--reason', 'now');
      assert.equal(refused.status, 1);
      assert.match(refused.stderr, /reason: STORE_UNAVAILABLE/);
      assert.ok(!refused.stderr.includes('password'));
      const listed = await mesh.models('list', 'm');
      assert.match(listed.stdout, /m +1 +.*\bshadow-b\b/);
      await server.launch();
      client.close();
    }
    await using mesh = new Mesh(data, 'deploy/purchases', server.url);
    const client = await mesh.client();
    const sequences = await historyOf(client);
    assert.deepEqual(
      sequences,
      sequences.map((_, index) => index + 1),
    );
    // Each had a place of its own in the log, and the log has it.
    assert.equal(new Set(acknowledged).size, acknowledged.length);
    assert.ok(acknowledged.every((sequence) => sequences.includes(sequence)));
    const { versions } = await client.listVersions({});
    assert.deepEqual(
      versions.map(({ version }) => version),
      [1, 2],
    );
    const verified = await mesh.models('verify');
    assert.equal(verified.status, 0, verified.stderr);

    // Another mesh in the same table has a log of its own.
    const other = join(folder.path, 'other');
    cpSync('deploy/purchases', other, { recursive: true });
    const file = join(other, 'mesh.ts');
    writeFileSync(file, readFileSync(file, 'utf8').replace("name: 'purchases'", "name: 'other'"));
    await using second = new Mesh(join(folder.path, 'other-data'), file, server.url);
    const secondClient = await second.client();
    assert.deepEqual((await secondClient.listVersions({})).versions, []);
    assert.equal(await register(secondClient, 3), 1);
    assert.equal((await client.listVersions({})).versions.length, 2);
    const logs = await server.query(
      'SELECT mesh, count(*)::int AS events FROM mlmesh_registry_events GROUP BY mesh ORDER BY mesh',
    );
    assert.deepEqual(logs, [
      { mesh: 'other', events: 1 },
      { mesh: 'purchases', events: sequences.length },
    ]);
    client.close();
    secondClient.close();
  });
});

describe('two registries of one mesh on one Postgres and one folder', {
  skip: skipPostgres,
}, () => {
  it('number versions together, serve what the other one took, and tell each other', async () => {
    await using server = await PostgresServer.start();
    using folder = temporaryFolder();
    const options = { registryStore: server.url };
    await using first = await RunningRegistry.start(folder.path, options);
    await using second = await RunningRegistry.start(folder.path, options);
    const events = second.client.watch({ fromSequence: 1 })[Symbol.asyncIterator]();
    const numbers = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        register((index % 2 === 0 ? first : second).client, index + 1).catch((error: unknown) => {
          // Four uploads at once are what one takes.
          assert.ok(error instanceof MeshError && error.reason === 'QUEUE_FULL', String(error));
          return 0;
        }),
      ),
    );
    const given = numbers.filter((number) => number > 0).sort((left, right) => left - right);
    assert.deepEqual(
      given,
      given.map((_, index) => index + 1),
    );
    for (const number of given) {
      assert.equal((await events.next()).value?.event?.sequence, number);
    }
    const parts: Uint8Array[] = [];
    for await (const { chunk } of second.client.download({ artifactDigest: digestOf(artifact) })) {
      parts.push(chunk);
    }
    assert.ok(Buffer.concat(parts).equals(artifact));
    const faults: string[] = [];
    for await (const { fault } of second.client.verifyLog({})) if (fault) faults.push(fault);
    assert.deepEqual(faults, []);
  });
});
