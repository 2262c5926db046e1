import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type DrillAnswer, drillRequests, judgeDrill, worseOf } from './judge-drill.ts';
import { judgeGolden, parseGolden } from './judge-golden.ts';
import { answersMin, judgeParity } from './judge-parity.ts';
import { judgeProfile } from './judge-profile.ts';
import { judgeReproduction } from './judge-reproduction.ts';
import { judgeShadow, type ShadowComparison } from './judge-shadow.ts';

const good: ShadowComparison = {
  expected: 4_000,
  answered: 4_000,
  failures: {},
  pairs: 4_000,
  flips: 40,
  flipShareUpper: 0.013,
  scoreDifference: 0.001,
  labelled: 4_000,
  positives: 800,
  entities: 900,
  shadowLogLoss: 0.48,
  baselineLogLoss: 0.485,
  lossDifferenceUpper: -0.001,
  shadowAuc: 0.71,
  baselineAuc: 0.69,
  shadowP50Ms: 2,
  shadowP99Ms: 11,
  shadowP99UpperMs: 14,
  receivedUntilMs: 1_000,
};

function verdicts(change: Partial<ShadowComparison>): Readonly<Record<string, string>> {
  const findings = judgeShadow({ ...good, ...change }, 50);
  return Object.fromEntries(findings.map(({ kind, verdict }) => [kind, verdict]));
}

describe('judgeReproduction', () => {
  const digest = (letter: string) => letter.repeat(64);
  const item = (what: string, recorded: string, reproduced = recorded) => ({
    ...{ what, recorded, reproduced },
    isEqual: recorded === reproduced,
  });
  const judge = (items: readonly ReturnType<typeof item>[], notes: readonly string[] = []) =>
    judgeReproduction({
      ...{ model: 'm', version: 2, artifactDigest: digest('a'), differences: [], items, notes },
      isReproduced: items.every(({ isEqual }) => isEqual),
    });
  it('passes what came out the same, with the digests that were compared', () => {
    const found = judge([item('artifact', digest('a')), item('auc', '0.7')]);
    assert.equal(found.verdict, 'pass');
    assert.deepEqual(found.figures, { compared: 2, differing: 0 });
    assert.deepEqual(found.inputDigests, {
      recorded_artifact: digest('a'),
      reproduced_artifact: digest('a'),
    });
  });
  it('fails what did not, naming what differs and what is not as it was', () => {
    const items = [item('train data hash', digest('a'), digest('b')), item('auc', '0.7')];
    const found = judge(items, ['the runtime was node 20, and is node 22 here']);
    assert.deepEqual([found.verdict, found.figures['differing']], ['fail', 1]);
    assert.match(found.statement, /train data hash differ; not as it was: the runtime was node 20/);
    assert.equal(found.inputDigests['reproduced_train_data_hash'], digest('b'));
  });
});

describe('judgeShadow', () => {
  it('is as old as the newest request that was compared', () => {
    const ages = judgeShadow(good, 50).map(({ madeAtMs }) => madeAtMs);
    assert.deepEqual(new Set(ages), new Set([1_000]));
    const none = judgeShadow({ ...good, receivedUntilMs: 0 }, 50);
    assert.ok(none.every(({ madeAtMs }) => madeAtMs === undefined));
  });
  it('passes one that answers, is not worse and is fast', () => {
    assert.deepEqual(new Set(Object.values(verdicts({}))), new Set(['pass']));
  });
  it('fails one that errs, names why, and can not say it of too few requests', () => {
    const failing = { answered: 3_900, failures: { INFERENCE_FAILED: 100 } };
    assert.equal(verdicts(failing)['shadow-coverage'], 'fail');
    const [coverage] = judgeShadow({ ...good, ...failing }, 50);
    assert.match(coverage?.statement ?? '', /100 INFERENCE_FAILED/);
    assert.equal(verdicts({ answered: 3_960 })['shadow-coverage'], 'pass');
    assert.equal(verdicts({ expected: 999, answered: 999 })['shadow-coverage'], 'inconclusive');
    assert.equal(verdicts({ expected: 0, answered: 0 })['shadow-coverage'], 'inconclusive');
  });
  it('fails one that is worse by more than the margin, and is not sure where the bound is beyond it', () => {
    const worse = { shadowLogLoss: 0.5, lossDifferenceUpper: 0.02 };
    assert.equal(verdicts(worse)['shadow-quality'], 'fail');
    assert.equal(verdicts({ lossDifferenceUpper: 0.011 })['shadow-quality'], 'inconclusive');
    assert.equal(verdicts({ lossDifferenceUpper: 0.01 })['shadow-quality'], 'pass');
    for (const change of [
      { labelled: 999 },
      { positives: 49 },
      { positives: 3_951 },
      { lossDifferenceUpper: Number.POSITIVE_INFINITY },
    ]) {
      assert.equal(verdicts(change)['shadow-quality'], 'inconclusive');
    }
  });
  it('holds the latency to the budget by its bound', () => {
    assert.equal(verdicts({ shadowP99UpperMs: 51 })['shadow-latency'], 'inconclusive');
    const slow = { shadowP99Ms: 60, shadowP99UpperMs: 70 };
    assert.equal(verdicts(slow)['shadow-latency'], 'fail');
    assert.equal(verdicts({ answered: 298 })['shadow-latency'], 'inconclusive');
  });
  it('fails the latency of one of which more than a hundredth never came', () => {
    const never = Number.POSITIVE_INFINITY;
    const late = { shadowP99Ms: never, shadowP99UpperMs: never };
    assert.equal(verdicts(late)['shadow-latency'], 'fail');
    const latency = judgeShadow({ ...good, ...late }, 50).at(-1);
    assert.match(latency?.statement ?? '', /^more than 1 % failed; the budget/);
    assert.ok(Object.values(latency?.figures ?? {}).every(Number.isFinite));
  });
  it('gives finite figures alone, which is all that evidence takes', () => {
    const unknown = {
      lossDifferenceUpper: Number.POSITIVE_INFINITY,
      shadowP99UpperMs: Number.POSITIVE_INFINITY,
    };
    for (const { figures } of judgeShadow({ ...good, ...unknown }, 50)) {
      assert.ok(Object.values(figures).every(Number.isFinite));
    }
  });
});

describe('judgeDrill', () => {
  const wish = { tier: 'fallback', version: 1, withinMs: 60 };
  const answers = (change: (index: number) => Partial<DrillAnswer>) =>
    Array.from({ length: drillRequests }, (_, index) => ({
      tier: 'fallback',
      version: 1,
      totalMs: 51,
      ...change(index),
    }));
  it('passes when the chain answered as it should, in time', () => {
    const one = answers((index) => (index === 0 ? { totalMs: 90 } : {}));
    assert.equal(judgeDrill(one, wish).verdict, 'pass');
  });
  it('fails when another answered or too many came late, and says nothing of too few', () => {
    const two = (change: Partial<DrillAnswer>) => answers((index) => (index < 2 ? change : {}));
    assert.equal(judgeDrill(two({ totalMs: 90 }), wish).verdict, 'fail');
    assert.equal(judgeDrill(two({ tier: 'rules', version: 0 }), wish).verdict, 'fail');
    assert.equal(judgeDrill(two({ version: 2 }), wish).verdict, 'fail');
    assert.equal(judgeDrill(answers(() => ({})).slice(1), wish).verdict, 'inconclusive');
    assert.equal(judgeDrill([], wish).verdict, 'inconclusive');
  });
  it('is as bad as the worse of two', () => {
    assert.equal(worseOf('pass', 'pass'), 'pass');
    assert.equal(worseOf('pass', 'inconclusive'), 'inconclusive');
    assert.equal(worseOf('inconclusive', 'pass'), 'inconclusive');
    assert.equal(worseOf('inconclusive', 'fail'), 'fail');
  });
});

describe('judgeGolden', () => {
  const file = (value: object) => Buffer.from(JSON.stringify(value));
  const golden = parseGolden(
    file({
      requests: [
        { features: [1, null], outputs: [0.5] },
        { features: [2, 3], outputs: [0.25] },
      ],
    }),
  );
  it('takes null for what is missing', () => {
    assert.deepEqual([...(golden.features[0] ?? [])], [1, Number.NaN]);
  });
  it('passes within the tolerance, and fails beyond it, on what is no number and on what is missing', () => {
    const judge = (...outputs: number[]) => judgeGolden(golden, Float32Array.from(outputs)).verdict;
    assert.equal(judge(0.5, 0.250001), 'pass');
    assert.equal(judge(0.5, 0.2501), 'fail');
    assert.equal(judge(0.5, Number.NaN), 'fail');
    assert.equal(judge(0.5), 'fail');
    assert.equal(judge(0.5, 0.25, 0.25), 'fail');
  });
  it('refuses a file that proves nothing', () => {
    for (const value of [
      {},
      { requests: [] },
      { requests: [{}] },
      { requests: [{ features: [] }] },
    ]) {
      assert.throws(() => parseGolden(file(value)), { reason: 'ARTIFACT_CORRUPT' });
    }
    const loose = { tolerance: 1, requests: [{ features: [1], outputs: [1] }] };
    assert.throws(() => parseGolden(file(loose)), { reason: 'ARTIFACT_CORRUPT' });
    assert.throws(() => parseGolden(Buffer.from('{')), { reason: 'ARTIFACT_CORRUPT' });
  });
});

describe('judgeProfile', () => {
  const column = { name: 'hour', rows: 3, present: 3, edges: [0, 1, 2], counts: [1, 2] };
  const judge = (inputs: readonly object[], outputs: readonly object[]) => {
    const bytes = Buffer.from(JSON.stringify({ format: 'mlmesh-profile-2', inputs, outputs }));
    return judgeProfile(bytes, { inputs: ['hour'], outputs: ['probability'] });
  };
  const output = { ...column, name: 'probability' };
  it('passes with a distribution of each input and output', () => {
    assert.equal(judge([column], [output]).verdict, 'pass');
  });
  it('fails without a value of an output, which a model gives for each row', () => {
    const empty = { present: 0, edges: [], counts: [] };
    assert.equal(judge([{ ...column, ...empty }], [output]).verdict, 'pass');
    const judged = judge([column], [{ ...output, ...empty }]);
    assert.deepEqual(
      [judged.verdict, judged.statement],
      ['fail', 'output probability has no values'],
    );
  });
  it('names what has none, or one that does not hold together', () => {
    assert.match(judge([], [output]).statement, /input hour has no distribution/);
    assert.match(judge([column], []).statement, /output probability has no distribution/);
    for (const change of [{ present: 4 }, { edges: [0, 2, 1] }, { counts: [3] }]) {
      const judged = judge([{ ...column, ...change }], [output]);
      assert.deepEqual([judged.verdict, /hold together/.test(judged.statement)], ['fail', true]);
    }
    assert.equal(judgeProfile(Buffer.from('{}'), { inputs: [], outputs: [] }).verdict, 'fail');
  });
});

describe('judgeParity', () => {
  it('passes enough equal values, fails one that differs, and says nothing of too few or none', () => {
    const equal = { answers: answersMin, cells: 2 * answersMin, mismatches: 0 };
    const verdictOf = (change: Partial<typeof equal>) =>
      judgeParity({ ...equal, ...change }).verdict;
    assert.equal(verdictOf({}), 'pass');
    assert.equal(verdictOf({ mismatches: 1 }), 'fail');
    assert.equal(verdictOf({ answers: 1, mismatches: 1 }), 'fail');
    assert.equal(verdictOf({ answers: answersMin - 1 }), 'inconclusive');
    assert.equal(verdictOf({ cells: 0 }), 'inconclusive');
  });
});
