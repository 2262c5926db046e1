import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { observabilityFiles, observedMesh } from '../../services/cli/dashboards/observed-mesh.ts';
import { seriesOf } from '../../services/cli/dashboards/promql.ts';
import { loadMesh } from '../../services/cli/up/mesh-file.ts';
import { alertRules } from '../../services/monitor/core/alert-catalogue.ts';
import { runbookOf } from '../../services/monitor/core/alert-rule.ts';
import { allMetrics } from '../../services/shared/kernel/metric-catalogue.ts';

interface RuleFile {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly record?: string;
      readonly alert?: string;
      readonly expr: string;
      readonly annotations?: { readonly runbook_url: string };
    }[];
  }[];
}

const rulesOf = (text: string) => (parse(text) as RuleFile).groups.flatMap(({ rules }) => rules);
const below = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.\w+$/.test(name));
const filesOfFlights = async () =>
  observabilityFiles(observedMesh((await loadMesh('deploy/flights')).mesh, 300));

describe('deploy/alert-rules and deploy/dashboards', () => {
  it('are what `npm run gen:dashboards` makes of the metrics and the mesh', async () => {
    const wanted = await filesOfFlights();
    const found = ['alert-rules', 'dashboards'].flatMap((folder) =>
      below(join('deploy', folder)).map((name) => join(folder, name)),
    );
    assert.ok(wanted.size > 5);
    const names = new Set([...wanted.keys(), ...found]);
    const textAt = (name: string) =>
      existsSync(join('deploy', name)) ? readFileSync(join('deploy', name), 'utf8') : undefined;
    const stale = [...names].filter((name) => wanted.get(name) !== textAt(name));
    assert.deepEqual(stale, [], 'run `npm run gen:dashboards` and commit what changes');
  });

  it('ask for nothing but metrics that are defined, and records that are made', async () => {
    const files = await filesOfFlights();
    const texts = [...files].map(([name, text]) =>
      name.endsWith('.yml')
        ? rulesOf(text).map(({ expr }) => expr)
        : [...text.matchAll(/"expr": ("(?:[^"\\]|\\.)*")/g)].map(([, expr]) =>
            String(JSON.parse(expr ?? '""')),
          ),
    );
    const rules = [...files]
      .filter(([name]) => name.endsWith('.yml'))
      .flatMap(([, text]) => rulesOf(text));
    const known = new Set([
      ...allMetrics.flatMap(seriesOf),
      ...rules.flatMap(({ record }) => (record === undefined ? [] : [record])),
    ]);
    const asked = texts.flat().flatMap((expr) => expr.match(/\bmesh_\w+|\bmlmesh:[\w:]+/g) ?? []);
    assert.ok(asked.length > 50, `${asked.length} names`);
    assert.deepEqual(
      asked.filter((name) => !known.has(name)),
      [],
    );
  });

  it('show every metric that is defined', async () => {
    const text = [...(await filesOfFlights()).values()].join('\n');
    const unseen = allMetrics.filter(
      (metric) => !seriesOf(metric).some((name) => text.includes(name)),
    );
    assert.deepEqual(
      unseen.map(({ name }) => name),
      [],
    );
  });
});

describe('metrics', () => {
  it('are defined in the catalogue alone, each once', () => {
    const sources = below('services').filter(
      (name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.startsWith('gen/'),
    );
    const defining = sources.filter((name) =>
      /name: ['"]mesh\./.test(readFileSync(join('services', name), 'utf8')),
    );
    assert.deepEqual(defining, ['shared/kernel/metric-catalogue.ts']);
    const names = allMetrics.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
  });
});

describe('alerts', () => {
  it('are of rules that stand in the catalogue', () => {
    const named = below('services/monitor')
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .flatMap((name) => [
        ...readFileSync(join('services/monitor', name), 'utf8').matchAll(/\brule: '([a-z-]+)'/g),
      ])
      .map(([, rule]) => rule ?? '');
    const known = alertRules.map(({ rule }) => rule);
    assert.ok(named.length >= known.length);
    assert.deepEqual(
      named.filter((rule) => !known.includes(rule)),
      [],
    );
    assert.equal(new Set(known).size, known.length);
  });
});

describe('deploy/runbooks', () => {
  it('has a page for every alert, of the monitor and of Prometheus', async () => {
    const generated = [...(await filesOfFlights()).values()].flatMap((text) =>
      text.startsWith('#') ? rulesOf(text) : [],
    );
    const linked = generated.flatMap(({ annotations }) => annotations?.runbook_url ?? []);
    const wanted = new Set([
      ...alertRules.map(({ rule }) => runbookOf(rule)),
      ...linked.filter((path) => !path.includes('{{')),
    ]);
    assert.ok(wanted.size > 5);
    assert.deepEqual(
      [...wanted].filter((path) => !existsSync(path)),
      [],
    );
  });
});
