import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { MeshError } from '../../services/shared/kernel/mesh-error.ts';
import { implementPartly } from '../../services/shared/platform/grpc/implement.ts';
import { createServer, type MeshServer } from '../../services/shared/platform/grpc/server.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';
import type { RunSummary } from './report/summary.ts';

const runner = resolve('dist/loadtest/runner/main.js');
const protoRoot = resolve('proto');

let server: MeshServer;
/** What the server waits for before it answers a call. */
let stall: () => Promise<unknown> = () => Promise.resolve();
const asked: string[] = [];
const folder = mkdtempSync(join(tmpdir(), 'mlmesh-loadtest-'));

before(async () => {
  server = createServer({
    name: 'test',
    address: '127.0.0.1:0',
    clock: systemClock,
    services: [
      implementPartly('mlmesh.router.v1.RouterService', {
        predict: async ({ model, requestId }) => {
          asked.push(requestId);
          await stall();
          if (model === 'unknown') {
            throw new MeshError({
              code: 'NOT_FOUND',
              reason: 'MODEL_UNKNOWN',
              message: 'no such model',
            });
          }
          return { outputs: [0.25], tier: 'TIER_MODEL', version: 2 };
        },
      }),
    ],
  });
  await server.start();
});
after(async () => {
  await server.stop(1_000);
  rmSync(folder, { recursive: true, force: true });
});

/** Lets the server stand still for a time, once it has been asked so many times. */
function stallFrom(calls: number, ms: number): void {
  let count = 0;
  let over: Promise<unknown> | undefined;
  stall = () => {
    count += 1;
    if (count > calls) over ??= delay(ms);
    return over ?? Promise.resolve();
  };
}

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the runner on a script in a process of its own. */
function start(text: string, ...args: readonly string[]) {
  const path = join(folder, 'script.ts');
  writeFileSync(path, text);
  return startFile(path, ...args);
}

function startFile(...args: readonly string[]) {
  const child = spawn(
    process.execPath,
    [runner, '--no-report', '-e', `ROUTER=${server.address}`, ...args],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const texts = [child.stdout, child.stderr].map((stream) => stream.setEncoding('utf8').toArray());
  const ended = async (): Promise<Run> => {
    const [stdout = [], stderr = []] = await Promise.all(texts);
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return { status: child.exitCode, stdout: stdout.join(''), stderr: stderr.join('') };
  };
  return { child, ended };
}

const run = (text: string, ...args: readonly string[]) => start(text, ...args).ended();
const summaryOf = ({ stdout }: Run) => JSON.parse(stdout) as RunSummary;

/** A script that predicts at a constant rate. */
function script(parts: {
  readonly scenario?: string;
  readonly thresholds?: string;
  readonly more?: string;
  readonly body?: string;
}): string {
  const scenario =
    parts.scenario ??
    `rate: 50, duration: '1s', preAllocatedVUs: 50, executor: 'constant-arrival-rate'`;
  return `
    import { check } from 'k6';
    import { scenario, vu } from 'k6/execution';
    import grpc from 'k6/net/grpc';
    import { Counter, Rate, Trend } from 'k6/metrics';
    export const options = {
      scenarios: { it: { ${scenario}, exec: 'iterate' } },
      thresholds: { ${parts.thresholds ?? ''} },
      summaryTrendStats: ['min', 'med', 'p(80)', 'p(99)', 'max', 'count'],
    };
    const client = new grpc.Client();
    client.load(['${protoRoot}'], 'mlmesh/router/v1/router_service.proto');
    ${parts.more ?? ''}
    export async function iterate(data) {
      if (__ITER === 0) client.connect(__ENV.ROUTER, { plaintext: true });
      ${parts.body ?? `await client.asyncInvoke('mlmesh.router.v1.RouterService/Predict', { model: 'm' });`}
    }`;
}

describe('a load test', { concurrency: false }, () => {
  afterEach(() => {
    stall = () => Promise.resolve();
  });

  it("counts the time of each call from its intended start, so that a server that stalls can't slow its load down", async () => {
    const rate = 100;
    const stalledMs = 1_000;
    const scenario = `rate: ${rate}, duration: '4s', preAllocatedVUs: 400, executor: 'constant-arrival-rate'`;
    stallFrom(rate, stalledMs);
    const ended = await run(script({ scenario }), '--json');
    assert.equal(ended.status, 0, ended.stderr);
    const { metrics, scenarios } = summaryOf(ended);
    const duration = metrics['grpc_req_duration']?.values;
    assert.ok(duration !== undefined);
    // All 400 were sent: those of the stalled second, a quarter, waited for what was left of it.
    assert.equal(duration['count'], 4 * rate);
    assert.equal(scenarios[0]?.dropped, 0);
    assert.ok((duration['p(99)'] ?? 0) > 0.9 * stalledMs, JSON.stringify(duration));
    assert.ok((duration['p(80)'] ?? 0) > 0.1 * stalledMs, JSON.stringify(duration));
  });

  for (const [what, waits] of [
    ['at the begin of iterations', ''],
    [
      'after timers',
      `if (scenario.iterationInTest !== 20) await new Promise((resolve) => setTimeout(resolve, 100));`,
    ],
  ] as const) {
    it(`shows it when the load itself stands still: calls ${what}`, async () => {
      const scenario = `rate: 100, duration: '2s', preAllocatedVUs: 200, executor: 'constant-arrival-rate'`;
      const body = `
        ${waits}
        if (scenario.iterationInTest === 20) for (const until = Date.now() + 600; Date.now() < until; );
        await client.asyncInvoke('mlmesh.router.v1.RouterService/Predict', { model: 'm' });`;
      const more = `import { setTimeout } from 'k6/timers';`;
      const ended = await run(script({ scenario, body, more }), '--json');
      assert.equal(ended.status, 0, ended.stderr);
      const duration = summaryOf(ended).metrics['grpc_req_duration']?.values;
      assert.equal(duration?.['count'], 200);
      // 60 of 200 were due in 0.6 s: the slowest tenth waited for more than half of it.
      assert.ok((duration['p(99)'] ?? 0) > 500, JSON.stringify(duration));
      assert.ok((duration['p(80)'] ?? 0) > 100, JSON.stringify(duration));
      assert.ok((duration['min'] ?? 0) < 100, JSON.stringify(duration));
    });
  }

  it('drops iterations that find no free virtual user, says so, and fails when a threshold forbids it', async () => {
    const scenario = `rate: 100, duration: '2s', preAllocatedVUs: 2, maxVUs: 4, executor: 'constant-arrival-rate'`;
    stallFrom(0, 1_200);
    const ended = await run(
      script({ scenario, thresholds: `dropped_iterations: ['count<1']` }),
      '--json',
    );
    assert.equal(ended.status, 99, ended.stderr);
    const { scenarios, metrics, isPassed } = summaryOf(ended);
    const [one] = scenarios;
    assert.ok(one !== undefined && one.dropped >= 50, JSON.stringify(one));
    assert.equal(one.started + one.dropped, 200);
    assert.equal(metrics['vus_max']?.values['value'], 4);
    assert.equal(isPassed, false);
  });

  it('gives each virtual user variables and a connection of its own, and all iterations numbers', async () => {
    const more = `
      let own = 0;
      const ids = new Counter('ids');
      const owns = new Trend('owns');
      export function setup() { return { greeting: 'hello' }; }`;
    const body = `
      own += 1;
      owns.add(own - __ITER);
      ids.add(1, { greeting: data.greeting });
      check(scenario, { 'is named': ({ name }) => name === 'it', 'knows its user': () => vu.idInTest === __VU });
      await client.asyncInvoke('/mlmesh.router.v1.RouterService/Predict', { model: 'm', request_id: String(scenario.iterationInTest) });`;
    asked.length = 0;
    const thresholds = `'ids{greeting:hello}': ['count==50'], owns: ['max==1'], 'checks{check:is named}': ['rate==1']`;
    const ended = await run(script({ more, body, thresholds }), '--json');
    assert.equal(ended.status, 0, ended.stderr);
    const wanted = Array.from({ length: 50 }, (_, index) => String(index));
    assert.deepEqual(
      asked.toSorted((left, right) => Number(left) - Number(right)),
      wanted,
    );
    assert.deepEqual(
      summaryOf(ended).root_group.checks.map(({ name, passes, fails }) => [name, passes, fails]),
      [
        ['is named', 50, 0],
        ['knows its user', 50, 0],
      ],
    );
  });

  it('takes the default export where a scenario names no function', async () => {
    const text = script({ thresholds: `iterations: ['count==50']` })
      .replace(", exec: 'iterate'", '')
      .replace('export async function iterate', 'export default async function');
    const ended = await run(text);
    assert.equal(ended.status, 0, ended.stderr);
  });

  it('gives the status of a call that fails rather than throw, and tags its time with it', async () => {
    const body = `
      const { status, error, message } = await client.asyncInvoke('mlmesh.router.v1.RouterService/Predict', { model: 'unknown' });
      check(status, {
        'not found': (s) => s === grpc.StatusNotFound,
        'says why': () => error.message === 'no such model' && error.code === 5,
        'has an empty message': () => message.tier === 'TIER_UNSPECIFIED' && message.outputs.length === 0,
      });`;
    const thresholds = `checks: ['rate==1'], 'grpc_req_duration{status:5}': ['max>0'], 'grpc_req_duration{status:0}': ['max==0']`;
    const ended = await run(script({ body, thresholds }));
    assert.equal(ended.status, 0, ended.stdout + ended.stderr);
    assert.match(ended.stdout, /✓ not found: 100%, 50 of 50/);
  });

  it('ends early when a threshold says so', async () => {
    const scenario = `startRate: 20, stages: [{ duration: '60s', target: 20 }], preAllocatedVUs: 20, executor: 'ramping-arrival-rate'`;
    const thresholds = `grpc_req_duration: [{ threshold: 'max<0.0001', abortOnFail: true, delayAbortEval: '1s' }]`;
    const startedMs = performance.now();
    const ended = await run(script({ scenario, thresholds }));
    assert.equal(ended.status, 99, ended.stderr);
    assert.ok(performance.now() - startedMs < 30_000);
    assert.match(ended.stdout, /✗ 'max<0\.0001' max=.* this ended the test/);
  });

  it('ends in order when it is told to, with the summary of what was', async () => {
    const scenario = `rate: 20, duration: '60s', preAllocatedVUs: 20, executor: 'constant-arrival-rate'`;
    const { child, ended } = start(script({ scenario }), '--json');
    await once(child.stderr, 'data');
    child.kill('SIGINT');
    const run = await ended();
    assert.equal(run.status, 105);
    assert.ok((summaryOf(run).scenarios[0]?.completed ?? 0) > 0);
  });

  it('lets a script write its own summary', async () => {
    const file = join(folder, 'own.json');
    const more = `export function handleSummary(data) {
      return { stdout: 'mine: ' + data.metrics.iterations.values.count, '${file}': JSON.stringify(data.state) };
    }`;
    const ended = await run(script({ more }));
    assert.equal(ended.stdout, 'mine: 50');
    assert.match(readFileSync(file, 'utf8'), /testRunDurationMs/);
  });
});

describe("a script that can't be run", { concurrency: false }, () => {
  const refusals: readonly (readonly [string, string, number, RegExp])[] = [
    [
      'a module of k6 that is not there',
      `import http from 'k6/http';\nexport const options = {};\nhttp.get('x');`,
      107,
      /script\.ts:1:\d+: 'k6\/http' is a module of k6 that this runner does not have; this runner has k6, /,
    ],
    ['a package', `import 'lodash';`, 107, /'lodash' is no module of k6 and no file of yours/],
    ['a file without its extension', `import './script';`, 107, /k6 wants the whole name/],
    ['a syntax error', `export const options = {`, 107, /script\.ts:1:\d+: /],
    [
      'a function of a module that is not there',
      script({ more: `import { group } from 'k6'; group('x', () => 1);` }),
      107,
      /'group' of k6 is a part of k6 that this runner does not have; it has check, fail, sleep/,
    ],
    [
      'a method of the client that is not there',
      script({ more: `client.healthCheck();` }),
      107,
      /'healthCheck' of Client of k6\/net\/grpc/,
    ],
    [
      'calls while it loads',
      script({ more: `client.connect('x:1', { plaintext: true });` }),
      107,
      /in the init context is not supported/,
    ],
    ['Node', `export const options = {};\nprocess.exit(0);`, 107, /script\.ts:2/],
    ['no scenario', `export const options = {};`, 104, /no options with scenarios/],
    [
      'another executor',
      script({ scenario: `executor: 'constant-vus', vus: 1, duration: '1s'` }),
      104,
      /scenarios\.it\.executor: got 'constant-vus'; this runner has constant-arrival-rate and ramping-arrival-rate/,
    ],
    [
      'an option that is not there',
      `export const options = { vus: 10 };`,
      104,
      /options: 'vus' is nothing that this runner has/,
    ],
    [
      'a rate that is none',
      script({
        scenario: `executor: 'constant-arrival-rate', rate: 0, duration: '1s', preAllocatedVUs: 1`,
      }),
      104,
      /scenarios\.it\.rate: wanted a whole number of 1 or more, got 0/,
    ],
    [
      'a rate that no machine starts',
      script({
        scenario: `executor: 'constant-arrival-rate', rate: 1e9, duration: '1s', preAllocatedVUs: 1e9`,
      }),
      104,
      /scenarios\.it\.rate: wanted 100000 iterations a second or less, got 1000000000/,
    ],
    [
      'a rate that a ramp leads to and no machine starts',
      script({
        scenario: `executor: 'ramping-arrival-rate', timeUnit: '100ms', stages: [{ duration: '1s', target: 10_001 }], preAllocatedVUs: 1`,
      }),
      104,
      /scenarios\.it\.stages\[0\]\.target: wanted 100000 iterations a second or less, got 100010/,
    ],
    [
      'more users than fit',
      script({
        scenario: `executor: 'constant-arrival-rate', rate: 1, duration: '1s', preAllocatedVUs: 1e9`,
      }),
      104,
      /scenarios\.it\.maxVUs: wanted 200000 or less, got 1000000000/,
    ],
    [
      'no such function',
      script({}).replace('function iterate', 'function other'),
      104,
      /exports no function 'iterate'; it exports options, other|other, options/,
    ],
    [
      'a threshold of no metric',
      script({ thresholds: `nothing: ['rate<1']` }),
      104,
      /no metric 'nothing'; there are checks, /,
    ],
    [
      'a threshold of another kind',
      script({ thresholds: `checks: ['p(99)<1']` }),
      104,
      /can't be said of 'checks', a rate/,
    ],
    [
      'a setup that throws',
      script({ more: `export function setup() { throw new Error('no mesh'); }` }),
      107,
      /setup: no mesh/,
    ],
  ];
  for (const [what, text, status, message] of refusals) {
    it(`is refused with the reason: ${what}`, async () => {
      const ended = await run(text);
      assert.match(ended.stderr, message);
      assert.equal(ended.status, status);
      assert.doesNotMatch(ended.stderr, /please report/);
    });
  }

  it('throws in its iterations what the API does not take, once in the log and counted', async () => {
    const bodies: readonly (readonly [string, RegExp])[] = [
      [
        `client.invoke('x', {});`,
        /Client\.invoke of k6\/net\/grpc .*asyncInvoke.* \(.*script\.ts:\d+:\d+\)/,
      ],
      [
        `await client.asyncInvoke('mlmesh.router.v1.RouterService/PredictStream', {});`,
        /which streams/,
      ],
      [
        `await client.asyncInvoke('mlmesh.router.v1.RouterService/Nothing', {});`,
        /not found in file descriptors/,
      ],
      [
        `await client.asyncInvoke('mlmesh.router.v1.RouterService/Predict', { modell: 'm' });`,
        /PredictRequest: no field 'modell'; it has model, /,
      ],
    ];
    for (const [body, message] of bodies) {
      const ended = await run(script({ body }), '--json');
      assert.equal(ended.status, 0, ended.stderr);
      assert.match(ended.stderr, message);
      assert.deepEqual(Object.values(summaryOf(ended).thrown), [50]);
    }
  });

  it('is named where it is missing, and so are wrong options', async () => {
    const missing = await startFile('nowhere.ts').ended();
    assert.equal(missing.status, 2);
    assert.match(
      missing.stderr,
      /no script at .*nowhere\.ts; give a file, or one of steady, ramp, spike, soak/,
    );
    for (const wrong of [['--rate', '0'], ['--duration', '5'], ['-e', 'x'], ['--nothing'], []]) {
      const script = wrong.length === 0 ? [] : ['steady'];
      const ended = await startFile(...script, ...wrong).ended();
      assert.equal(ended.status, 2, ended.stderr);
      assert.match(ended.stderr, /run with --help for examples/);
    }
  });
});
