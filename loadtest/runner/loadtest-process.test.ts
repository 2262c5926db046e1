import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { ScriptRunner, script, summaryOf } from '../../test/support/script-runner.ts';

let runner: ScriptRunner;
before(async () => {
  runner = await ScriptRunner.start();
});
after(() => runner[Symbol.asyncDispose]());

const run = (text: string, ...args: readonly string[]) => runner.script(text, ...args).ended();

describe('a load test', { concurrency: false }, () => {
  afterEach(() => {
    runner.resume();
  });

  it("counts the time of each call from its intended start, so that a server that stalls can't slow its load down", async () => {
    const rate = 100;
    const stalledMs = 1_000;
    const scenario = `rate: ${rate}, duration: '4s', preAllocatedVUs: 400, executor: 'constant-arrival-rate'`;
    runner.stallFrom(rate, stalledMs);
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
    runner.stallFrom(0, 1_200);
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
    runner.asked.length = 0;
    const thresholds = `'ids{greeting:hello}': ['count==50'], owns: ['max==1'], 'checks{check:is named}': ['rate==1']`;
    const ended = await run(script({ more, body, thresholds }), '--json');
    assert.equal(ended.status, 0, ended.stderr);
    const wanted = Array.from({ length: 50 }, (_, index) => String(index));
    assert.deepEqual(
      runner.asked.toSorted((left, right) => Number(left) - Number(right)),
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
    const { child, ended } = runner.script(script({ scenario }), '--json');
    await once(child.stderr, 'data');
    child.kill('SIGINT');
    const run = await ended();
    assert.equal(run.status, 105);
    assert.ok((summaryOf(run).scenarios[0]?.completed ?? 0) > 0);
  });

  it('lets a script write its own summary', async () => {
    const file = join(runner.folder, 'own.json');
    const more = `export function handleSummary(data) {
      return { stdout: 'mine: ' + data.metrics.iterations.values.count, '${file}': JSON.stringify(data.state) };
    }`;
    const ended = await run(script({ more }));
    assert.equal(ended.stdout, 'mine: 50');
    assert.match(readFileSync(file, 'utf8'), /testRunDurationMs/);
  });
});
