import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { temporaryFolder } from '../support/fake-mesh.ts';
import { mlmesh } from '../support/mesh-process.ts';
import {
  type SmallFlights,
  startSmallFlights,
} from '../support/small-flights/start-small-flights.ts';

let mesh: SmallFlights;
const project = temporaryFolder();
const clientFile = join(project.path, 'flights-client.ts');
before(async () => {
  mesh = await startSmallFlights();
  mkdirSync(join(project.path, 'node_modules/@types'), { recursive: true });
  symlinkSync(resolve('.'), join(project.path, 'node_modules/mlmesh'));
  symlinkSync(resolve('node_modules/@types/node'), join(project.path, 'node_modules/@types/node'));
  writeFileSync(join(project.path, 'package.json'), '{ "type": "module" }');
});
after(async () => {
  await mesh[Symbol.asyncDispose]();
  project[Symbol.dispose]();
});

/** A caller as a user would write it; the lines that are to be refused say so to the compiler. */
const caller = `
import { MeshError } from 'mlmesh/client';
import { FLIGHTS } from './flights-client.js';

const [router = ''] = process.argv.slice(2);
const mesh = FLIGHTS(router);
const at = new Date('2001-06-01T01:00Z');
const flight = { origin: 'ORD', destination: 'LAX', date: at, distance: 1745 };
// @ts-expect-error distance is missing
void (() => mesh.flightDelay.predict({ origin: 'ORD', destination: 'LAX', date: at }));
// @ts-expect-error a time is a Date
void (() => mesh.flightDelay.predict({ ...flight, date: 5 }));
const answer = await mesh.flightDelay.predict(flight, { at, priority: 'high' });
const probability: number = answer.outputs.probability;
// @ts-expect-error there is no such output
void answer.outputs.lateness;
const answers = await mesh.flightDelay.predictMany([flight, { ...flight, distance: Number.MAX_VALUE }, { ...flight, origin: '' }], { at });
console.log(JSON.stringify({
  probability,
  many: answers.map((each) => (each instanceof MeshError ? each.reason : each.outputs.probability)),
}));
mesh.close();
`;

function tsc(...files: readonly string[]): {
  readonly status: number | null;
  readonly text: string;
} {
  const { status, stdout } = spawnSync(
    process.execPath,
    [
      resolve('node_modules/typescript/bin/tsc'),
      ...['--strict', '--skipLibCheck', '--types', 'node', '--target', 'es2023'],
      ...['--module', 'nodenext', ...files],
    ],
    { cwd: project.path, encoding: 'utf8' },
  );
  return { status, text: stdout };
}

describe('mlmesh client', () => {
  it('writes a module that a caller type-checks and runs with', () => {
    const { status, stderr } = mlmesh('client', '--out', clientFile, '--data', mesh.data);
    assert.equal(status, 0, stderr);
    const connect =
      /export function (connect\w+)/.exec(readFileSync(clientFile, 'utf8'))?.[1] ?? '';
    writeFileSync(join(project.path, 'caller.ts'), caller.replaceAll('FLIGHTS', connect));
    assert.deepEqual(tsc('caller.ts'), { status: 0, text: '' });
    const run = spawnSync(process.execPath, ['caller.js', mesh.addresses.router], {
      cwd: project.path,
      encoding: 'utf8',
    });
    assert.equal(run.status, 0, run.stderr);
    const { probability, many } = JSON.parse(run.stdout) as {
      readonly probability: number;
      readonly many: readonly (number | string)[];
    };
    assert.ok(probability > 0 && probability < 1);
    assert.equal(typeof many[0], 'number');
    assert.deepEqual(many.slice(2), ['ENTITY_INVALID']);
  });

  it('says whether the file is what would be written, and changes it where it is not', () => {
    const check = () => mlmesh('client', '--out', clientFile, '--check', '--data', mesh.data);
    assert.equal(check().status, 0);
    writeFileSync(clientFile, '// old');
    assert.equal(check().status, 4);
    assert.equal(readFileSync(clientFile, 'utf8'), '// old');
    assert.equal(mlmesh('client', '--out', clientFile, '--data', mesh.data).status, 0);
    assert.equal(check().status, 0);
  });

  it('says when the file cannot be written', () => {
    const out = join(project.path, 'missing', 'client.ts');
    const { status, stderr } = mlmesh('client', '--out', out, '--data', mesh.data);
    assert.equal(status, 1);
    assert.match(stderr, /can't be written .* --out/);
  });
});

describe('mlmesh predict --lines', () => {
  const file = join(project.path, 'flights.ndjson');
  const predict = (...lines: readonly string[]) => {
    writeFileSync(file, lines.join('\n'));
    return mlmesh('predict', 'flight-delay', '--lines', file, '--data', mesh.data);
  };
  const flight = '{"origin":"ORD","destination":"LAX","date":"2001-06-01T01:00Z","distance":1745}';
  const read = (stdout: string) =>
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { line: number; outputs?: number[]; error?: object })
      .sort((left, right) => left.line - right.line);

  it('answers each line, by its number', () => {
    const { status, stdout, stderr } = predict(flight, '', flight);
    assert.equal(status, 0, stderr);
    assert.deepEqual(
      read(stdout).map(({ line, outputs }) => [line, outputs?.length]),
      [
        [1, 1],
        [3, 1],
      ],
    );
  });
  it('goes on after a request that is refused, and ends with status 1', () => {
    const { status, stdout } = predict('{"origin":"ORD"}', flight);
    assert.equal(status, 1);
    const [refused, answered] = read(stdout);
    assert.match(JSON.stringify(refused?.error), /ENTITY_MISSING|REQUEST_FEATURE_MISSING/);
    assert.equal(answered?.outputs?.length, 1);
  });
  it('names the line that is no request, and answers those before it', () => {
    const { status, stdout, stderr } = predict(flight, '{"origin":', flight);
    assert.equal(status, 2);
    assert.equal(read(stdout).length, 1);
    assert.match(stderr, /line 2: no JSON/);
  });
  it('refuses what is neither a text, a number nor a flag', () => {
    for (const origin of ['null', '{"code":"ORD"}', '["ORD"]']) {
      const { status, stdout, stderr } = predict(flight, flight.replace('"ORD"', origin));
      assert.equal(status, 2, origin);
      assert.equal(read(stdout).length, 1);
      assert.match(stderr, /line 2: origin: wanted a text, a number or a flag, got /);
    }
  });
});
