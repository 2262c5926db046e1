import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { ignoredBy, stagesIn } from '../../test/support/dockerfile.ts';

const stages = stagesIn('deploy/docker/Dockerfile');
const image = stages.at(-1)?.instructions ?? [];
const textsOf = (name: string) =>
  image.filter((instruction) => instruction.name === name).map(({ text }) => text);

describe('deploy/docker/Dockerfile', () => {
  it('copies what there is, and nothing that its build does not see', () => {
    const isIgnored = ignoredBy('deploy/docker/Dockerfile.dockerignore');
    const copies = stages
      .flatMap(({ instructions }) => instructions)
      .filter(({ name, text }) => name === 'COPY' && !text.startsWith('--from='))
      .flatMap(({ text }) => text.split(/\s+/).slice(0, -1));
    assert.ok(copies.length > 8);
    for (const path of copies) assert.ok(existsSync(path) && !isIgnored(path), path);
    assert.ok(isIgnored('node_modules/ajv/package.json') && isIgnored('services/a/b.test.ts'));
    assert.ok(!isIgnored('services/feature/main.ts') && !isIgnored('deploy/flights/mesh.ts'));
  });

  it('holds all files of the package', () => {
    const { files } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      readonly files: readonly string[];
    };
    const targets = textsOf('COPY').map((text) => text.split(/\s+/).at(-1) ?? '');
    for (const file of files.filter((name) => !name.startsWith('!'))) {
      assert.ok(
        targets.some((target) => file === target || file.startsWith(`${target}/`)),
        file,
      );
    }
  });

  it('runs without root, with an init before the service, and dependencies of production alone', () => {
    assert.deepEqual(textsOf('USER'), ['1000:1000']);
    assert.match(textsOf('ENTRYPOINT')[0] ?? '', /^\["\/usr\/bin\/tini", "--", "node", /);
    const dependencies = stages.find(({ name }) => name === 'dependencies');
    assert.ok(dependencies?.instructions.some(({ text }) => text === 'npm ci --omit=dev'));
    assert.ok(textsOf('COPY').every((text) => !/--from=build .*node_modules/.test(text)));
  });
});
