import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/fake-mesh.ts';
import { MeshProcess, mlmesh } from '../support/mesh-process.ts';

const tinyMesh = `
import { defineMesh } from 'mlmesh';
export const mesh = defineMesh({
  name: 'tiny', sources: [], entities: [], features: {}, requestFeatures: {}, models: {},
});
`;

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
  it('runs replicas beside each other, lists them, and restarts them one by one', async () => {
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
    } finally {
      assert.equal(await mesh.end('SIGINT'), 0, mesh.text);
    }
    assert.equal(mlmesh('restart', 'all', '--data', data).status, 3);
  });

  it('brings one replica back that was killed, and leaves the others alone', async () => {
    using folder = temporaryFolder();
    const data = join(folder.path, 'data');
    const file = writeMesh(folder.path);
    const mesh = new MeshProcess(data, [file, '--port-base', '0', '--replicas', 'prediction=2']);
    try {
      await mesh.untilWell();
      const [first, second] = [mesh.pidOf('prediction', 1), mesh.pidOf('prediction', 2)];
      assert.ok(first !== undefined && second !== undefined);
      process.kill(second, 'SIGKILL');
      await eventually('prediction#2 has a new process', () => {
        const now = mesh.pidOf('prediction', 2);
        return now !== undefined && now !== second;
      });
      await mesh.untilWell();
      assert.equal(mesh.pidOf('prediction', 1), first);
      assert.match(mesh.text, /prediction#2 crashed \(signal SIGKILL\)/);
    } finally {
      await mesh.end('SIGTERM');
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
