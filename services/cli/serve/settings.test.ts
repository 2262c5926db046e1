import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { readSettings, resolvedOptions } from './settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'mlmesh-settings-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const addresses = {
  registry: ['registry:7502'],
  feature: ['feature:7501'],
  prediction: ['prediction-1:7503', 'prediction-2:7503'],
  monitor: ['monitor:7504'],
  router: ['router:7500'],
};
const least = { dataDirectory: '/var/lib/mlmesh', addresses };

function write(settings: unknown, name = 'settings.json'): string {
  const path = join(folder, name);
  writeFileSync(path, typeof settings === 'string' ? settings : JSON.stringify(settings));
  return path;
}

function refusalOf(work: () => unknown): MeshError {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof MeshError, String(error));
    assert.equal(error.reason, 'INVALID_CONFIG');
    return error;
  }
  return assert.fail('nothing was refused');
}

const messageFor = (settings: unknown) => refusalOf(() => readSettings(write(settings))).message;

describe('readSettings', () => {
  it('takes the least that a mesh needs', () => {
    const path = write(least);
    assert.deepEqual(readSettings(path), { ...least, path, options: {} });
  });

  it('looks for a mesh from where the file is', () => {
    assert.equal(readSettings(write({ ...least, mesh: 'flights' })).mesh, join(folder, 'flights'));
    assert.equal(readSettings(write({ ...least, mesh: '/opt/mesh.ts' })).mesh, '/opt/mesh.ts');
  });

  it('says where there is no file, and what is no JSON', () => {
    const missing = refusalOf(() => readSettings(join(folder, 'none.json')));
    assert.match(missing.message, /none\.json, which has the settings/);
    assert.match(messageFor('{'), /wanted JSON in .*settings\.json/);
  });

  it('names each value that is wrong', () => {
    const wrong: readonly (readonly [object, RegExp])[] = [
      [{ addresses }, /must have required property 'dataDirectory'/],
      [{ ...least, dataDirectory: 'data' }, /dataDirectory must match pattern/],
      [{ ...least, adresses: {} }, /must NOT have additional properties, got 'adresses'/],
      [{ ...least, addresses: { ...addresses, feature: ['a:1', 'b:1'] } }, /addresses\.feature/],
      [{ ...least, addresses: { ...addresses, router: [] } }, /addresses\.router/],
      [{ ...least, addresses: { ...addresses, router: ['router'] } }, /addresses\.router\.0/],
      [
        { ...least, options: { router: { traceShares: 1 } } },
        /options\.router must NOT have additional properties, got 'traceShares'/,
      ],
      [{ ...least, options: { prediction: { callsMax: 1 } } }, /options\.prediction\.callsMax/],
      [{ ...least, options: { registry: { environment: 'test' } } }, /development, production/],
      [{ ...least, telemetryEndpoint: 'collector' }, /telemetryEndpoint/],
    ];
    for (const [settings, message] of wrong) assert.match(messageFor(settings), message);
  });
});

describe('resolvedOptions', () => {
  const settings = {
    ...least,
    options: {
      feature: { onlineStore: { environment: 'REDIS_URL' }, slackDays: 3 },
      registry: { registryStore: { file: join(folder, 'postgres-url') } },
    },
  };

  it('puts what references name in their place', () => {
    write('postgres://mesh:secret@db/mlmesh\n', 'postgres-url');
    const read = readSettings(write(settings));
    const variables = { REDIS_URL: 'redis://redis:6379' };
    assert.deepEqual(resolvedOptions(read, 'feature', variables), {
      onlineStore: 'redis://redis:6379',
      slackDays: 3,
    });
    assert.deepEqual(resolvedOptions(read, 'registry', variables), {
      registryStore: 'postgres://mesh:secret@db/mlmesh',
    });
    assert.deepEqual(resolvedOptions(read, 'router', variables), {});
  });

  it('says which variable or file is missing', () => {
    const read = readSettings(write(settings));
    const unset = refusalOf(() => resolvedOptions(read, 'feature', { REDIS_URL: '' }));
    assert.match(unset.message, /variable REDIS_URL, which options\.feature\.onlineStore of/);
    write(' \n', 'postgres-url');
    const empty = refusalOf(() => resolvedOptions(read, 'registry', {}));
    assert.match(empty.message, /postgres-url, which options\.registry\.registryStore .* got none/);
  });
});
