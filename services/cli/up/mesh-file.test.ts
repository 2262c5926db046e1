import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { isMesh } from '../../shared/definition/mesh.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { loadMesh } from './mesh-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'mlmesh-mesh-file-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function refusalOf(path: string): Promise<MeshError> {
  const error: unknown = await loadMesh(path).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof MeshError, String(error));
  return error;
}

const tiny = `
  import { defineMesh } from 'mlmesh';
  export const mesh = defineMesh({
    name: 'tiny', sources: [], entities: [], features: {}, requestFeatures: {}, models: {},
  });
`;

describe('loadMesh', () => {
  it('bundles a mesh so that it can be imported from anywhere', async () => {
    mkdirSync(join(folder, 'tiny'), { recursive: true });
    write('tiny/name.ts', "export const name: string = 'tiny';");
    write(
      'tiny/mesh.ts',
      tiny.replace("name: 'tiny'", 'name').replace(/^/, "import { name } from './name.ts';"),
    );
    const loaded = await loadMesh(join(folder, 'tiny'));
    assert.equal(loaded.mesh.name, 'tiny');
    const saved = loaded.save(join(folder, 'saved'));
    const { mesh } = (await import(pathToFileURL(saved).href)) as { readonly mesh: unknown };
    assert.ok(isMesh(mesh));
    assert.equal(loaded.save(join(folder, 'saved')), saved);
    assert.equal(readdirSync(join(folder, 'saved')).length, 1);
  });

  it('says where nothing is', async () => {
    const { reason, message } = await refusalOf(join(folder, 'nowhere'));
    assert.equal(reason, 'MESH_FILE_MISSING');
    assert.match(message, /found nothing at .*nowhere/);
  });

  it('says what a folder lacks', async () => {
    mkdirSync(join(folder, 'empty'), { recursive: true });
    const { reason, message } = await refusalOf(join(folder, 'empty'));
    assert.equal(reason, 'MESH_FILE_MISSING');
    assert.match(message, /create mesh\.ts there/);
  });

  it('points at the line and column of what can not be read', async () => {
    const path = write('syntax.ts', 'export const a = 1;\nexport const mesh = {;\n');
    const { reason, message } = await refusalOf(path);
    assert.equal(reason, 'MESH_FILE_INVALID');
    assert.match(message, /syntax\.ts:2:22: /);
  });

  it('points at an import that leads nowhere', async () => {
    const path = write('import.ts', "import { x } from './gone.ts';\nexport const mesh = x;\n");
    const { message } = await refusalOf(path);
    assert.match(message, /import\.ts:1:19: Could not resolve/);
  });

  it('points at the line that throws', async () => {
    const path = write('throws.ts', `${tiny}\nconst late: string = 'x';\nthrow new Error(late);\n`);
    const { reason, message } = await refusalOf(path);
    assert.equal(reason, 'MESH_FILE_INVALID');
    assert.match(message, /throws\.ts:8:7: x/);
  });

  it('wants an export named mesh that defineMesh made', async () => {
    const other = await refusalOf(write('other.ts', 'export const network = 1;'));
    assert.match(other.message, /got the exports network/);
    const fake = await refusalOf(write('fake.ts', 'export const mesh = {};'));
    assert.match(fake.message, /got something else/);
  });

  it('passes on what defineMesh says', async () => {
    const { reason } = await refusalOf(write('name.ts', tiny.replace("'tiny'", "'Not Kebab'")));
    assert.equal(reason, 'DEFINITION_INVALID');
  });
});
