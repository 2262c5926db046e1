import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { identityOf, isAlive } from '../../services/shared/platform/process/process-identity.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/fake-mesh.ts';
import { MeshProcess, mlmesh } from '../support/mesh-process.ts';

const tinyMesh = `
import { defineMesh } from 'mlmesh';
export const mesh = defineMesh({
  name: 'tiny', sources: [], entities: [], features: {}, requestFeatures: {}, models: {},
});
`;

/** Starts a mesh without sources and models on free ports; it is killed when the test ends. */
function startTiny(folder: string, ...args: readonly string[]): MeshProcess & AsyncDisposable {
  const file = join(folder, 'mesh.ts');
  writeFileSync(file, tinyMesh);
  const mesh = new MeshProcess(join(folder, 'data'), [file, '--port-base', '0', ...args]);
  return Object.assign(mesh, {
    async [Symbol.asyncDispose]() {
      await mesh.end('SIGTERM');
    },
  });
}

const pidsOf = (mesh: MeshProcess) => (mesh.record()?.processes ?? []).map(({ pid }) => pid);
const isGone = (pid: number) => !isAlive(identityOf(pid));

describe('mlmesh up', { concurrency: false }, () => {
  const folder = temporaryFolder();
  /** The mesh of the first two tests. */
  let running: MeshProcess & AsyncDisposable;
  before(() => {
    running = startTiny(folder.path);
  });
  after(async () => {
    await running[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  it('runs five services, refuses a second owner, and brings a service that was killed back on its address', async () => {
    await running.untilWell();
    assert.equal(pidsOf(running).length, 5);
    const second = mlmesh('up', join(folder.path, 'mesh.ts'), '--data', running.data);
    assert.equal(second.status, 1);
    assert.match(second.stderr, /is in use by a running mesh/);
    const before = running.record()?.addresses;
    const pid = running.pidOf('router');
    process.kill(pid ?? 0, 'SIGKILL');
    await eventually('the router has a new process', () => {
      const now = running.pidOf('router');
      return now !== undefined && now !== pid;
    });
    await running.untilWell();
    assert.deepEqual(running.record()?.addresses, before);
    assert.match(running.text, /router crashed \(signal SIGKILL\); it starts again in 100 ms/);
  });

  it('leaves no orphan and no lasting lock when it is killed itself, and nothing behind after Ctrl-C', async () => {
    const orphans = pidsOf(running);
    assert.equal(orphans.length, 5);
    await running.end('SIGKILL');
    await using mesh = startTiny(folder.path);
    await mesh.untilWell();
    assert.deepEqual(
      orphans.filter((pid) => !isGone(pid)),
      [],
    );
    const pids = pidsOf(mesh);
    assert.equal(pids.length, 5);
    assert.equal(await mesh.end('SIGINT'), 0, mesh.text);
    assert.deepEqual(
      pids.filter((pid) => !isGone(pid)),
      [],
    );
    assert.ok(!existsSync(mesh.lockPath()));
    assert.equal(mesh.status().status, 3);
  });

  it('kills at once when it is told twice', async () => {
    using folder = temporaryFolder();
    const mesh = startTiny(folder.path);
    await mesh.untilWell();
    const pids = pidsOf(mesh);
    mesh.child.kill('SIGINT');
    await mesh.end('SIGINT');
    assert.deepEqual(
      pids.filter((pid) => !isGone(pid)),
      [],
    );
  });

  it('names a port that is taken', async () => {
    using folder = temporaryFolder();
    writeFileSync(join(folder.path, 'mesh.ts'), tinyMesh);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const bound = server.address();
    const port = typeof bound === 'object' && bound !== null ? String(bound.port) : '';
    const mesh = new MeshProcess(join(folder.path, 'data'), [
      join(folder.path, 'mesh.ts'),
      '--port-base',
      port,
    ]);
    await new Promise((resolve) => mesh.child.once('exit', resolve));
    await new Promise((resolve) => server.close(resolve));
    assert.equal(mesh.child.exitCode, 1);
    assert.match(mesh.text, new RegExp(`port ${port} of 127\\.0\\.0\\.1, wanted for the router`));
    assert.ok(!existsSync(mesh.lockPath()));
  });
});
