import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  type SmallFlights,
  startSmallFlights,
} from '../support/small-flights/start-small-flights.ts';

const folder = mkdtempSync(join(tmpdir(), 'mlmesh-caller-'));
const isCi = process.env['CI'] === 'true';

/** Gives the blocks of one language in the section of the README about callers in other languages. */
function readmeBlocks(language: string): readonly string[] {
  const [, section = ''] = readFileSync('README.md', 'utf8').split('### From other languages');
  const [text = ''] = section.split(/^## /m);
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, name, block = '']) =>
    name === language ? [block.replaceAll('/tmp/caller', folder)] : [],
  );
}

function run(program: string, args: readonly string[], environment = {}): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
    timeout: 240_000,
  });
  if (error !== undefined) throw error;
  if (status !== 0)
    throw new Error(`${program} ${args.join(' ')}: ${status}\n${stderr.slice(-2_000)}`);
  return stdout;
}

/** Does what the README says, and installs what reads health and reflection; gives why it can't be done here. */
function preparePython(): string | undefined {
  try {
    run('bash', ['-euc', readmeBlocks('bash')[0] ?? 'false']);
    run(join(folder, 'bin/pip'), ['install', 'grpcio-health-checking', 'grpcio-reflection']);
    return undefined;
  } catch (error) {
    if (isCi) throw error;
    return `needs python3 with venv, and PyPI: ${String(error)}`;
  }
}

const python = join(folder, 'bin/python');
const whyNot = preparePython();
after(() => rmSync(folder, { recursive: true, force: true }));

describe('a caller in Python', { skip: whyNot ?? false }, () => {
  let mesh: SmallFlights;
  before(async () => {
    mesh = await startSmallFlights();
  });
  after(() => mesh[Symbol.asyncDispose]());

  it('predicts with what the README shows', () => {
    const [code = ''] = readmeBlocks('python');
    assert.match(code, /127\.0\.0\.1:7500/);
    const file = join(folder, 'predict.py');
    writeFileSync(file, code.replaceAll('127.0.0.1:7500', mesh.addresses.router));
    const printed = run(python, [file], { PYTHONPATH: join(folder, 'generated') });
    assert.match(printed, /^0\.\d+ TIER_(MODEL 2|FALLBACK 1) [0-9a-f]{16}-[0-9a-f]{12}\n$/);
  });

  it('reads the health and the reflection of every service', () => {
    const { addresses } = mesh;
    const printed = run(python, ['test/support/look-around.py', ...Object.values(addresses)]);
    const found = JSON.parse(printed) as Readonly<
      Record<
        string,
        { readonly status: string; readonly methods: Readonly<Record<string, readonly string[]>> }
      >
    >;
    const names = {
      router: ['Router', 'Predict'],
      feature: ['Feature', 'GetOnlineFeatures'],
      registry: ['Registry', 'RegisterVersion'],
      prediction: ['Prediction', 'Infer'],
      monitor: ['Monitor', 'RecordOutcomes'],
    } as const;
    for (const [service, [name, method]] of Object.entries(names)) {
      const { status, methods } = found[addresses[service as keyof typeof names]] ?? {};
      assert.equal(status, 'SERVING', service);
      assert.ok(methods?.['grpc.health.v1.Health']?.includes('Check'), service);
      const own = methods?.[`mlmesh.${service}.v1.${name}Service`];
      assert.ok(own?.includes(method), `${service}: ${JSON.stringify(methods)}`);
    }
  });
});
