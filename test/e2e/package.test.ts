import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';

const project = mkdtempSync(join(tmpdir(), 'mlmesh-package-'));
const modules = join(project, 'node_modules');
after(() => rmSync(project, { recursive: true, force: true }));

/** Makes an installed package of this project visible in the empty one. */
function link(name: string): void {
  const path = join(modules, name);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(resolve('node_modules', name), path);
}

/** What `npm install mlmesh` would do, without the network: the packed files, and the dependencies that they declare. */
before(() => {
  const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', project], {
    encoding: 'utf8',
  });
  const [tarball] = JSON.parse(packed) as readonly { readonly filename: string }[];
  assert.ok(tarball !== undefined);
  const installed = join(modules, 'mlmesh');
  mkdirSync(installed, { recursive: true });
  const archive = join(project, tarball.filename);
  execFileSync('tar', ['-xzf', archive, '-C', installed, '--strip-components=1']);
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  for (const name of Object.keys(manifest.dependencies)) link(name);
  link('@types/node');
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
});

const usage = `
import { defineMesh, entity, text } from 'mlmesh';
import { connect, MeshError } from 'mlmesh/client';

const airport = entity('airport', { key: text() });
export const mesh = defineMesh({
  name: 'tiny', sources: [], entities: [airport], features: {}, requestFeatures: {}, models: {},
});
export async function ask(): Promise<number> {
  const client = connect({ router: '127.0.0.1:1' });
  try {
    const { score, tier } = await client.predict('m', { entities: {}, features: {} });
    // The types arrive: anything would do for a module without them.
    // @ts-expect-error a tier is no number
    const wrong: number = tier;
    return score + wrong;
  } catch (error) {
    return error instanceof MeshError ? 0 : 1;
  } finally {
    client.close();
  }
}
`;

describe('the package', () => {
  it('type-checks in an empty project, by both entries', () => {
    writeFileSync(join(project, 'usage.ts'), usage);
    const { status, stdout } = spawnSync(
      process.execPath,
      [
        resolve('node_modules/typescript/bin/tsc'),
        ...['--noEmit', '--strict', '--skipLibCheck', '--types', 'node', '--target', 'es2023'],
        ...['--module', 'nodenext', 'usage.ts'],
      ],
      { cwd: project, encoding: 'utf8' },
    );
    assert.equal(stdout, '');
    assert.equal(status, 0);
  });

  it('loads by both entries, with what it declares as dependencies', () => {
    const script = `
      const { defineMesh } = await import('mlmesh');
      const { connect } = await import('mlmesh/client');
      process.stdout.write([typeof defineMesh, typeof connect].join());
    `;
    const loaded = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: project,
      encoding: 'utf8',
    });
    assert.equal(loaded, 'function,function');
  });

  it('brings the command, which reads a mesh file of the project', () => {
    const launcher = join(modules, 'mlmesh', 'services', 'cli', 'mlmesh.js');
    const run = (...args: readonly string[]) =>
      spawnSync(launcher, args, { cwd: project, encoding: 'utf8' });
    assert.match(run('--version').stdout, /^\d+\.\d+\.\d+\n$/);
    writeFileSync(join(project, 'mesh.ts'), "import 'nowhere-to-be-found';\n");
    const { status, stderr } = run('up', 'mesh.ts');
    assert.equal(status, 1);
    assert.match(stderr, /mesh\.ts:1:8: Could not resolve "nowhere-to-be-found"/);
  });

  it('brings the load tests and what runs them', () => {
    const runner = join(modules, 'mlmesh', 'dist', 'loadtest', 'runner', 'main.js');
    const args = [runner, 'steady', '--no-report', '-e', 'ROUTER=127.0.0.1:9'];
    const { status, stderr } = spawnSync(process.execPath, args, {
      cwd: project,
      encoding: 'utf8',
    });
    assert.match(
      stderr,
      /wanted a prediction from the router at 127\.0\.0\.1:9, got .*ECONNREFUSED/,
    );
    assert.equal(status, 107);
  });
});
