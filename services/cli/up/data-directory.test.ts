import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import {
  identityOf,
  isAlive,
  ownIdentity,
} from '../../shared/platform/process/process-identity.ts';
import { systemClock } from '../../shared/platform/process/system-clock.ts';
import { layoutVersion, readMeshRecord } from '../mesh-record.ts';
import { openDataDirectory } from './data-directory.ts';

function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'mlmesh-data-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

const open = (path: string, mesh = 'flights') => openDataDirectory(path, mesh, systemClock);

async function refusalOf(path: string, mesh = 'flights'): Promise<MeshError> {
  const error: unknown = await open(path, mesh).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof MeshError, String(error));
  return error;
}

describe('openDataDirectory', () => {
  it('takes a folder, records who holds it, and lets it go', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'new');
    const directory = await open(path);
    const held = readMeshRecord(path);
    assert.equal(held?.mesh, 'flights');
    assert.deepEqual(held.owner, ownIdentity());
    directory[Symbol.dispose]();
    assert.equal(readMeshRecord(path)?.owner, undefined);
    assert.deepEqual(readdirSync(path), ['mesh.json']);
  });

  it('refuses a folder that a living process holds, naming it', async () => {
    using folder = temporaryFolder();
    using _directory = await open(folder.path);
    const { reason, message } = await refusalOf(folder.path);
    assert.equal(reason, 'DATA_DIRECTORY_IN_USE');
    assert.match(message, new RegExp(`process ${process.pid}`));
  });

  it('recognises the lock of a process that is gone, even when its pid lives again', async () => {
    using folder = temporaryFolder();
    const { pid } = ownIdentity();
    writeFileSync(join(folder.path, 'lock'), JSON.stringify({ pid, startTicks: '1' }));
    using directory = await open(folder.path);
    assert.equal(directory.path, folder.path);
  });

  it('takes a lock that was torn by a full disk as nobody’s', async () => {
    using folder = temporaryFolder();
    writeFileSync(join(folder.path, 'lock'), '{"pid":');
    using directory = await open(folder.path);
    assert.ok(existsSync(join(directory.path, 'mesh.json')));
  });

  it('refuses the layout of another version and the data of another mesh', async () => {
    using folder = temporaryFolder();
    const record = (fields: object) =>
      writeFileSync(join(folder.path, 'mesh.json'), JSON.stringify(fields));
    record({ layoutVersion: 99, mesh: 'flights' });
    const version = await refusalOf(folder.path);
    assert.equal(version.reason, 'DATA_DIRECTORY_VERSION');
    assert.ok(
      version.message.includes(`has layout version 99, this mlmesh reads version ${layoutVersion}`),
    );
    record({ layoutVersion, mesh: 'trains' });
    const other = await refusalOf(folder.path);
    assert.equal(other.reason, 'DATA_DIRECTORY_IN_USE');
    assert.match(other.message, /belongs to mesh 'trains', wanted one for 'flights'/);
    assert.deepEqual(readdirSync(folder.path), ['mesh.json'], 'a refusal leaves no lock');
  });

  it('leaves a folder with other files alone', async () => {
    using folder = temporaryFolder();
    writeFileSync(join(folder.path, 'thesis.txt'), 'mine');
    const { message } = await refusalOf(folder.path);
    assert.match(message, /holds 'thesis\.txt' and no mesh\.json/);
    assert.deepEqual(readdirSync(folder.path), ['thesis.txt']);
  });

  it('waits for services that a killed supervisor left behind', async () => {
    using folder = temporaryFolder();
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 400)']);
    const left = identityOf(child.pid ?? 0);
    const record = { layoutVersion, mesh: 'flights', processes: [{ ...left, service: 'x' }] };
    writeFileSync(join(folder.path, 'mesh.json'), JSON.stringify(record));
    using directory = await open(folder.path);
    assert.ok(!isAlive(left));
    assert.ok(existsSync(directory.path));
  });
});
