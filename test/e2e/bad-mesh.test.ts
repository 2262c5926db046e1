import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../support/fake-mesh.ts';
import { type CommandRun, mlmesh } from '../support/mesh-process.ts';

const whole = readFileSync('test/support/small-flights/mesh.ts', 'utf8');

/** Writes a mesh file into a folder and runs `mlmesh up` on it, to its end. */
function up(folder: string, text: string): CommandRun {
  const file = join(folder, 'mesh.ts');
  writeFileSync(file, text);
  return mlmesh('up', file, '--data', join(folder, 'data'), '--port-base', '0', '--no-replay');
}

/** Gives the text of the small mesh with one part replaced. */
function changed(part: string, by: string): string {
  assert.ok(whole.includes(part), part);
  return whole.replace(part, by);
}

describe('mlmesh up with a mesh that is wrong', () => {
  it('says where a file does not compile, and leaves no data directory behind', () => {
    using folder = temporaryFolder();
    const { status, stderr } = up(
      folder.path,
      "import { source } from 'mlmesh';\nexport const mesh = ;\n",
    );
    assert.equal(status, 1);
    assert.match(stderr, /mesh\.ts:2:21: Unexpected ";"/);
    assert.match(stderr, /reason: MESH_FILE_INVALID \(INVALID_ARGUMENT\)/);
    assert.ok(!existsSync(join(folder.path, 'data')));
  });

  it('names a feature that is defined twice', () => {
    using folder = temporaryFolder();
    const twice = changed('  hour: requestFeature(', '  originFlights3h: requestFeature(');
    const { status, stderr } = up(folder.path, twice);
    assert.equal(status, 1);
    assert.match(stderr, /feature 'originFlights3h': two features have this name; rename one/);
    assert.match(stderr, /reason: DEFINITION_DUPLICATE/);
  });

  it('names an input that no feature has', () => {
    using folder = temporaryFolder();
    const { status, stderr } = up(folder.path, changed("'originFlights3h',", "'originFlights4h',"));
    assert.equal(status, 1);
    assert.match(stderr, /originFlights4h/);
    assert.match(stderr, /reason: DEFINITION_INVALID/);
  });

  it('names a Parquet file that is not there, and stops everything that it started', () => {
    using folder = temporaryFolder();
    const parquet = join(folder.path, 'flights.parquet');
    const { status, stderr } = up(folder.path, missing(parquet));
    assert.equal(status, 1, stderr);
    assert.match(stderr, /SOURCE_MISSING/);
    assert.ok(stderr.includes(parquet), stderr);
    assert.ok(!existsSync(join(folder.path, 'data', 'lock')));
  });

  it('says so when the file is no Parquet file, or lacks a column', () => {
    using folder = temporaryFolder();
    const parquet = join(folder.path, 'flights.parquet');
    writeFileSync(parquet, 'date,delay\n2001-01-01,5\n');
    const { status, stderr } = up(folder.path, missing(parquet));
    assert.equal(status, 1, stderr);
    assert.match(stderr, /SOURCE_INVALID/);
    assert.ok(stderr.includes(parquet), stderr);
    assert.ok(readdirSync(folder.path).includes('data'));
  });
});

/** The small mesh over another file. */
function missing(parquet: string): string {
  return changed(
    "process.env['MLMESH_SMALL_FLIGHTS'] ?? 'MLMESH_SMALL_FLIGHTS is not set'",
    `'${parquet}'`,
  );
}
