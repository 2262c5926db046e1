import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ScriptRunner, script, summaryOf } from '../../test/support/script-runner.ts';

let runner: ScriptRunner;
before(async () => {
  runner = await ScriptRunner.start();
});
after(() => runner[Symbol.asyncDispose]());

const run = (text: string, ...args: readonly string[]) => runner.script(text, ...args).ended();

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
    const missing = await runner.file('nowhere.ts').ended();
    assert.equal(missing.status, 2);
    assert.match(
      missing.stderr,
      /no script at .*nowhere\.ts; give a file, or one of steady, ramp, spike, soak/,
    );
    for (const wrong of [['--rate', '0'], ['--duration', '5'], ['-e', 'x'], ['--nothing'], []]) {
      const script = wrong.length === 0 ? [] : ['steady'];
      const ended = await runner.file(...script, ...wrong).ended();
      assert.equal(ended.status, 2, ended.stderr);
      assert.match(ended.stderr, /run with --help for examples/);
    }
  });
});
