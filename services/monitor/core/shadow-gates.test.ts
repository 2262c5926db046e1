import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Random } from '../../shared/kernel/clock.ts';
import { seededRandom } from '../../shared/kernel/random.ts';
import type { ComparedRequest } from './comparison.ts';
import {
  gateInputs,
  gatesVerdict,
  judgeShadowGates,
  type ShadowGatePolicy,
  shadowGatePolicy,
} from './shadow-gates.ts';
import { clusteredMean } from './statistics/clustered-mean.ts';
import { EntitySums } from './statistics/entity-sums.ts';

const policy: ShadowGatePolicy = { ...shadowGatePolicy, budgetMs: 50, threshold: 0.5 };

/** Requests of 400 entities whose truth the baseline knows; the shadow says what `shadowOf` makes of it. */
function requests(
  count: number,
  shadowOf: (truth: number, index: number, chance: number) => ComparedRequest['shadow'],
  seed = 7,
): readonly ComparedRequest[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const truth = 0.1 + 0.8 * random.next();
    const label = random.next() < truth ? 1 : 0;
    return {
      entity: `e${index % 400}`,
      atMs: index,
      receivedAtMs: index,
      shadow: shadowOf(truth, index, random.next()),
      baselineScore: truth,
      label,
    };
  });
}

const as = (score: number, latencyMs = 2) => ({ score, latencyMs });
const judge = (all: readonly ComparedRequest[]) =>
  judgeShadowGates(gateInputs(all, policy), policy);
const gatesOf = (all: readonly ComparedRequest[]) =>
  Object.fromEntries(judge(all).map(({ kind, verdict }) => [kind, verdict]));

/** Has a shadow that is worse by just the margin looked at 16 times while 4,000 outcomes come; gives the first verdict that says anything. */
function verdictAtMargin(entities: number, random: Random): string {
  const sums = new EntitySums();
  for (let count = 1; count <= 4_000; count += 1) {
    const entity = `e${Math.floor(random.next() * entities)}`;
    // Uniform, of a standard deviation of 0.2.
    sums.add(entity, policy.lossMargin + 0.2 * Math.sqrt(12) * (random.next() - 0.5));
    if (count < 1_000 || count % 200 !== 0) continue;
    const losses = { difference: clusteredMean(sums.rows()), differing: count };
    const inputs = { ...gateInputs([], policy), labelled: count, positives: count / 2, losses };
    const verdict = judgeShadowGates(inputs, policy)[2]?.verdict ?? '';
    if (verdict !== 'INCONCLUSIVE') return verdict;
  }
  return 'INCONCLUSIVE';
}

describe('judgeShadowGates', () => {
  it('passes a shadow that does as well as its baseline, in all gates', () => {
    const good = requests(4_000, (truth, _index, chance) => as(truth + 0.02 * (chance - 0.5)));
    assert.deepEqual(new Set(Object.values(gatesOf(good))), new Set(['PASS']));
    for (const { figures } of judge(good)) {
      assert.ok(Object.values(figures).every(Number.isFinite));
    }
  });
  it('gives the same gates again from what was stored', () => {
    const all = requests(2_000, (truth, _index, chance) => as(truth + 0.1 * (chance - 0.5)));
    const inputs = gateInputs(all, policy);
    const stored = JSON.parse(JSON.stringify(inputs)) as typeof inputs;
    assert.deepEqual(judgeShadowGates(stored, policy), judge(all));
    const nothing = JSON.parse(JSON.stringify(gateInputs([], policy))) as typeof inputs;
    assert.deepEqual(judgeShadowGates(nothing, policy), judge([]));
  });
  it('says together what all that are needed say, and fails by one', () => {
    const good = judge(requests(4_000, (truth) => as(truth)));
    assert.equal(gatesVerdict(good), 'PASS');
    const [coverage, agreement, ...others] = good;
    assert.ok(coverage && agreement);
    const open = { ...agreement, verdict: 'INCONCLUSIVE' as const };
    assert.equal(gatesVerdict([coverage, open, ...others]), 'PASS');
    assert.equal(
      gatesVerdict([{ ...coverage, verdict: 'INCONCLUSIVE' }, ...others]),
      'INCONCLUSIVE',
    );
    assert.equal(gatesVerdict([{ ...coverage, verdict: 'FAIL' }, ...others]), 'FAIL');
  });
  it('passes one that says the very same', () => {
    assert.equal(gatesOf(requests(4_000, (truth) => as(truth)))['shadow-quality'], 'PASS');
  });
  it('never passes the quality of one that learned from shuffled labels, at whatever look', () => {
    const shuffled = requests(8_000, (_truth, _index, chance) => as(0.4 + 0.2 * chance));
    for (let count = 500; count <= 8_000; count += 500) {
      assert.notEqual(gatesOf(shuffled.slice(0, count))['shadow-quality'], 'PASS', `${count}`);
    }
    assert.equal(gatesOf(shuffled)['shadow-quality'], 'FAIL');
  });
  it('is wrong in at most one run of twenty at the margin, whatever the looks, with a few entities too', () => {
    for (const entities of [5, 12]) {
      const runs = 100;
      const random = seededRandom(entities);
      const ends = Array.from({ length: runs }, () => verdictAtMargin(entities, random));
      for (const wrong of ['PASS', 'FAIL']) {
        const share = ends.filter((end) => end === wrong).length / runs;
        assert.ok(share <= 0.05, `${entities} entities: ${wrong} in ${share}`);
      }
    }
  });
  it('fails the coverage and the latency of one that errs, and names why', () => {
    const erring = requests(4_000, (truth, index) =>
      index % 20 === 0 ? { failure: 'INFERENCE_FAILED' } : as(truth),
    );
    const [coverage] = judge(erring);
    assert.equal(coverage?.verdict, 'FAIL');
    assert.match(coverage.statement, /answered 3800 of 4000 requests, 200 INFERENCE_FAILED/);
    assert.equal(gatesOf(erring)['shadow-latency'], 'FAIL');
  });
  it('takes what is missing for no answer, and says nothing of its latency', () => {
    const away = requests(4_000, (truth, index) =>
      index % 20 === 0 ? { failure: 'MISSING' } : as(truth),
    );
    const found = gatesOf(away);
    assert.deepEqual([found['shadow-coverage'], found['shadow-latency']], ['FAIL', 'PASS']);
  });
  it('holds the 99th percentile to the budget', () => {
    const late = (share: number) =>
      gatesOf(requests(4_000, (truth, index) => as(truth, index % 1_000 < share ? 51 : 50)));
    assert.equal(late(2)['shadow-latency'], 'PASS');
    assert.equal(late(10)['shadow-latency'], 'INCONCLUSIVE');
    assert.equal(late(30)['shadow-latency'], 'FAIL');
  });
  it('says nothing of too few, of one label, nor of few entities', () => {
    const few = requests(999, (truth) => as(truth));
    for (const kind of ['shadow-coverage', 'shadow-quality', 'calibration']) {
      assert.equal(gatesOf(few)[kind], 'INCONCLUSIVE', kind);
    }
    assert.deepEqual(new Set(Object.values(gatesOf([]))), new Set(['INCONCLUSIVE']));
    const all = requests(4_000, (truth, _index, chance) => as(truth + 0.01 * (chance - 0.5)));
    const one = all.map((request) => ({ ...request, label: 0 }));
    assert.equal(gatesOf(one)['shadow-quality'], 'INCONCLUSIVE');
    const same = all.map((request) => ({ ...request, entity: 'a' }));
    assert.equal(gatesOf(same)['shadow-quality'], 'INCONCLUSIVE');
  });
  it('informs of flips and of calibration, and fails for neither', () => {
    const bold = requests(4_000, (truth) => as(truth > 0.5 ? 0.95 : 0.05));
    const found = gatesOf(bold);
    assert.equal(found['calibration'], 'INCONCLUSIVE');
    const opposite = gatesOf(requests(4_000, (truth) => as(1 - truth)));
    assert.equal(opposite['shadow-agreement'], 'INCONCLUSIVE');
    assert.equal(opposite['shadow-quality'], 'FAIL');
  });
});
