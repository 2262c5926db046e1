import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { chartValues, withSettings, withTable } from './chart-files.ts';

const chart = 'deploy/helm/mlmesh';
const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as object;
const schema = readJson(`${chart}/values.schema.json`);
const values: unknown = parse(readFileSync(`${chart}/values.yaml`, 'utf8'));

function valueAt(path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (inner, name) => (inner as Readonly<Record<string, unknown>> | undefined)?.[name],
      values,
    );
}

/** Gives the paths of all values, down to those that the schema describes as one. */
function pathsIn(value: unknown, known: ReadonlySet<string>, prefix = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [prefix];
  return Object.entries(value).flatMap(([name, inner]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    return known.has(path) ? [path] : pathsIn(inner, known, path);
  });
}

describe('values of the chart', () => {
  const described = chartValues(schema);

  it('are described, each with the default that it has', () => {
    for (const { path, description, preset } of described) {
      assert.match(description, /\S/, path);
      assert.deepEqual(valueAt(path), preset, path);
    }
  });

  it('are all in the schema', () => {
    const known = new Set(described.map(({ path }) => path));
    assert.deepEqual(
      pathsIn(values, known).filter((path) => !known.has(path)),
      [],
    );
  });

  it('hold options of services as the settings do', () => {
    const wanted = withSettings(schema, readJson('deploy/settings.schema.json'));
    assert.deepEqual(schema, wanted, 'run `npm run gen:chart`');
  });

  it('stand in its README', () => {
    const readme = readFileSync(`${chart}/README.md`, 'utf8');
    assert.equal(readme, withTable(readme, described), 'run `npm run gen:chart`');
  });
});
