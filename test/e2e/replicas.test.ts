import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { connectService } from '../../services/shared/platform/grpc/client.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/fake-mesh.ts';
import { MeshProcess, mlmesh, mlmeshBeside } from '../support/mesh-process.ts';
import { PostgresServer, skipPostgres } from '../support/postgres-server.ts';
import { artifact, attachments, provenance } from '../support/provenance.ts';
import { registrationOf, uploadWhole } from '../support/running-registry.ts';

const tinyMesh = `
import { defineMesh } from 'mlmesh';
export const mesh = defineMesh({
  name: 'tiny', sources: [], entities: [], features: {}, requestFeatures: {}, models: {},
});
`;

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

function writeMesh(folder: string): string {
  const file = join(folder, 'mesh.ts');
  writeFileSync(file, tinyMesh);
  return file;
}

interface Status {
  readonly isWell: boolean;
  readonly services: readonly {
    readonly service: string;
    readonly replica: number;
    readonly name: string;
    readonly address: string;
    readonly pid: number;
    readonly health: string;
  }[];
}

describe('mlmesh up --replicas', { concurrency: false }, () => {
  it('runs replicas beside each other, lists them, restarts them one by one, and brings back one that was killed', async () => {
    using folder = temporaryFolder();
    const data = join(folder.path, 'data');
    const many = ['--port-base', '0', '--replicas', 'router=2,prediction=2'];
    const mesh = new MeshProcess(data, [writeMesh(folder.path), ...many]);
    try {
      await mesh.untilWell();
      const status = () => JSON.parse(mlmesh('status', '--data', data, '--json').stdout) as Status;
      const before = status();
      assert.ok(before.isWell);
      assert.deepEqual(
        before.services.map(({ name }) => name),
        ['registry', 'feature', 'prediction#1', 'prediction#2', 'monitor', 'router#1', 'router#2'],
      );
      const unique = (values: readonly unknown[]) => new Set(values).size;
      assert.equal(unique(before.services.map(({ address }) => address)), 7);
      assert.equal(unique(before.services.map(({ pid }) => pid)), 7);

      const restart = mlmesh('restart', 'router', '--data', data, '--json');
      assert.equal(restart.status, 0, restart.stderr);
      const { restarted } = JSON.parse(restart.stdout) as {
        readonly restarted: readonly { readonly name: string; readonly pid: number }[];
      };
      assert.deepEqual(
        restarted.map(({ name }) => name),
        ['router#1', 'router#2'],
      );
      const after = status();
      assert.ok(after.isWell);
      for (const [index, { name, pid, address }] of after.services.entries()) {
        const isRestarted = restarted.some((one) => one.name === name && one.pid === pid);
        assert.equal(isRestarted, name.startsWith('router'));
        assert.equal(pid !== before.services[index]?.pid, isRestarted);
        assert.equal(address, before.services[index]?.address);
      }
      await eventually('it says so', () => /router#2 +drained, starts again/.test(mesh.text));
      assert.doesNotMatch(mesh.text, /crashed/);

      const wrong = mlmesh('restart', 'router#3', '--data', data);
      assert.equal(wrong.status, 2);
      assert.match(wrong.stderr, /nothing here is called 'router#3'/);

      const pidsOfOthers = () =>
        mesh
          .record()
          ?.processes.filter(({ service, replica }) => service !== 'prediction' || replica !== 2)
          .map(({ pid }) => pid);
      const others = pidsOfOthers();
      assert.equal(others?.length, 6);
      const second = mesh.pidOf('prediction', 2);
      assert.ok(second !== undefined);
      process.kill(second, 'SIGKILL');
      await eventually('prediction#2 has a new process', () => {
        const now = mesh.pidOf('prediction', 2);
        return now !== undefined && now !== second;
      });
      await mesh.untilWell();
      assert.deepEqual(pidsOfOthers(), others, 'the others are left alone');
      assert.match(mesh.text, /prediction#2 crashed \(signal SIGKILL\)/);
    } finally {
      assert.equal(await mesh.end('SIGINT'), 0, mesh.text);
    }
    assert.equal(mlmesh('restart', 'all', '--data', data).status, 3);
  });

  it('runs two registries over one Postgres, and restarts them without a failed call', {
    skip: skipPostgres,
  }, async () => {
    await using server = await PostgresServer.start();
    using folder = temporaryFolder();
    const data = join(folder.path, 'data');
    const many = ['--registry', server.url, '--replicas', 'registry=2'];
    const mesh = new MeshProcess(data, [writeMesh(folder.path), '--port-base', '0', ...many]);
    const clients: { close(): void }[] = [];
    const registryAt = (addresses: readonly string[]) => {
      const client = connectService('mlmesh.registry.v1.RegistryService', addresses, {
        clock: systemClock,
      });
      clients.push(client);
      return client;
    };
    try {
      await mesh.untilWell();
      const addresses = mesh.record()?.addresses?.registry;
      assert.equal(addresses?.length, 2);
      const [first, second] = addresses.map((address) => registryAt([address]));
      assert.ok(first !== undefined && second !== undefined);
      for (const bytes of attachments) await uploadWhole(first, bytes, sha256(bytes));
      // What one of them was given, the other one registers: they share blobs and log.
      await second.registerVersion(registrationOf('m', provenance({ trainedAtMs: 1 }), [artifact]));
      await eventually('the first one knows it', async () => {
        const { versions } = await first.listVersions({ model: 'm' });
        return versions.length === 1;
      });

      const both = registryAt(addresses);
      let isOver = false;
      let answers = 0;
      const asking = (async () => {
        while (!isOver) {
          const { versions } = await both.listVersions({ model: 'm' });
          assert.equal(versions.length, 1);
          answers += 1;
          await delay(5);
        }
      })();
      const restart = await mlmeshBeside('restart', 'registry', '--data', data);
      assert.equal(restart.status, 0, restart.stderr);
      assert.match(restart.stdout, /2 processes restarted/);
      isOver = true;
      await asking;
      assert.ok(answers > 50, `${answers} answers`);
    } finally {
      for (const client of clients) client.close();
      assert.equal(await mesh.end('SIGINT'), 0, mesh.text);
    }
  });

  it('refuses replicas of a service whose store has one owner, before anything starts', () => {
    using folder = temporaryFolder();
    const file = writeMesh(folder.path);
    const data = join(folder.path, 'data');
    for (const service of ['feature', 'monitor', 'registry']) {
      const run = mlmesh('up', file, '--data', data, '--replicas', `${service}=2`);
      assert.equal(run.status, 1);
      assert.match(run.stderr, new RegExp(`--replicas ${service}=2: its .* has one owner|LMDB`));
    }
    assert.equal(mlmesh('up', file, '--replicas', 'router').status, 2);
  });
});
