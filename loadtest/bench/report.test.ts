import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LoadResult } from '../load/load.ts';
import { caveats, fullOverEcho, type Round, type RoundWork, summarise } from './report.ts';

const load = (perSecond: number, change: Partial<LoadResult> = {}): LoadResult => ({
  requests: 90,
  completed: 100,
  errors: 0,
  lastError: '',
  perSecond,
  p50Ms: perSecond / 100,
  p99Ms: perSecond / 10,
  cpuCores: 0.5,
  ...change,
});
const work = (change: Partial<RoundWork> = {}): RoundWork => ({
  logged: 100,
  model: 95,
  fallback: 1,
  rules: 4,
  shadowExpected: 100,
  shadowPairs: 100,
  dropped: 0,
  settleMs: 10,
  ...change,
});
const echo = (perSecond: number, inFlight = 32, change: Partial<LoadResult> = {}): Round => ({
  target: 'echo',
  inFlight,
  load: load(perSecond, change),
  cpuMs: new Map([['echo', 5]]),
  work: undefined,
});
const full = (perSecond: number, inFlight = 32, change: Partial<RoundWork> = {}): Round => ({
  target: 'full',
  inFlight,
  load: load(perSecond),
  cpuMs: new Map([
    ['router', 10],
    ['feature', 2],
  ]),
  work: work(change),
});

describe('summarise', () => {
  it('takes medians by server and number in flight', () => {
    const figures = summarise([echo(10), full(4), echo(30, 128), echo(20), echo(90)]);
    assert.deepEqual(
      figures.map(({ target, inFlight, rounds, perSecond, p50Ms, p99Ms }) => ({
        cell: [target, inFlight, rounds],
        values: [perSecond, p50Ms, p99Ms],
      })),
      [
        { cell: ['echo', 32, 3], values: [20, 0.2, 2] },
        { cell: ['full', 32, 1], values: [4, 0.04, 0.4] },
        { cell: ['echo', 128, 1], values: [30, 0.3, 3] },
      ],
    );
  });

  it('sums requests and errors, and spreads CPU over all requests that were answered', () => {
    const [figures] = summarise([full(4), full(6)]);
    assert.equal(figures?.requests, 180);
    assert.deepEqual(figures?.cpuUs, { router: 100, feature: 20 });
  });

  it('gives shares of what the mesh did', () => {
    const [figures] = summarise([
      full(4),
      full(6, 32, { logged: 60, model: 49, shadowExpected: 60, shadowPairs: 28 }),
    ]);
    assert.equal(figures?.work?.logged, 0.8);
    assert.equal(figures?.work?.model, 0.9);
    assert.equal(figures?.work?.settleMs, 10);
    assert.equal(figures?.work?.shadowExpected, 1);
    assert.equal(figures?.work?.shadowPairs, 0.8);
  });
});

describe('fullOverEcho', () => {
  it('divides the medians at the same number in flight', () => {
    const figures = summarise([echo(10), full(4), echo(20, 128), full(15, 128)]);
    assert.equal(fullOverEcho(figures, 32), 0.4);
    assert.equal(fullOverEcho(figures, 128), 0.75);
  });
  it('counts errors as no answers', () => {
    const figures = summarise([
      echo(100),
      full(50),
      echo(100, 128, { requests: 1_000, errors: 10, lastError: 'full' }),
      full(50, 128),
    ]);
    assert.equal(fullOverEcho(figures, 128), 50 / 99);
    assert.match(caveats(figures).join(), /10 errors, which count as no answers.*full/);
  });

  it('is not stated when more than 1 % were errors, or one side did not run', () => {
    const figures = summarise([
      echo(10, 32, { errors: 1, lastError: 'gone' }),
      full(4),
      full(4, 128),
    ]);
    assert.equal(fullOverEcho(figures, 32), undefined);
    assert.equal(fullOverEcho(figures, 128), undefined);
  });
});

describe('caveats', () => {
  it('finds nothing wrong with clean rounds', () =>
    assert.deepEqual(caveats(summarise([echo(10), full(4)])), []));
  it('names errors, a load that limits, and work that was left out', () => {
    const rounds: readonly (readonly [Round, RegExp])[] = [
      [echo(10, 32, { errors: 2, lastError: 'status 14' }), /2 errors, so no ratio.*status 14/],
      [echo(10, 32, { cpuCores: 0.95 }), /load took 0\.95 cores/],
      [full(4, 32, { model: 80 }), /80\.0 % were answered by the model/],
      [full(4, 32, { logged: 98, model: 98 }), /98\.0 % were logged/],
      [full(4, 32, { shadowExpected: 85, shadowPairs: 85 }), /85\.0 % were shown to a shadow/],
      [full(4, 32, { shadowPairs: 50 }), /50\.0 % of the shadow answers came/],
    ];
    for (const [round, text] of rounds) {
      const found = caveats(summarise([round]));
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0] ?? '', text);
    }
  });
  it('names a mesh that logged nothing at all', () =>
    assert.equal(
      caveats(summarise([full(4, 32, { logged: 0, model: 0, shadowExpected: 0, shadowPairs: 0 })]))
        .length,
      4,
    ));
});
