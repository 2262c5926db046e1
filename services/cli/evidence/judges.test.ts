import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type JudgedLift, judgeBusiness } from './judge-business.ts';
import { type DrillAnswer, drillRequests, judgeDrill, worseOf } from './judge-drill.ts';
import { judgeGolden, parseGolden } from './judge-golden.ts';
import { answersMin, judgeParity } from './judge-parity.ts';
import { judgeProfile } from './judge-profile.ts';
import { judgeReproduction } from './judge-reproduction.ts';
import { judgeResources } from './judge-resources.ts';
import { findingsOf } from './judge-shadow.ts';

describe('judgeResources', () => {
  const mib = 1024 * 1024;
  const weighed = {
    backend: 'onnxruntime-cpu',
    ...{ baseBytes: 60 * mib, openBytes: 66 * mib, peakBytes: 70 * mib },
    ...{ calls: 5_000, wallMs: 400, cpuMs: 420 },
  };
  const judge = (change: Partial<typeof weighed>) =>
    judgeResources({ ...weighed, ...change }, { memoryBytes: 10 * mib, threads: 1 });
  it('passes a session that needs what it declares and no more', () => {
    const found = judge({});
    assert.deepEqual([found.verdict, found.figures['session_bytes']], ['pass', 10 * mib]);
    assert.match(found.statement, /10\.0 MiB at the most, where 10\.0 MiB are declared; 1\.05 thr/);
  });
  it('fails one that needs more memory or threads', () => {
    assert.equal(judge({ peakBytes: 70 * mib + 1 }).verdict, 'fail');
    assert.equal(judge({ cpuMs: 601 }).verdict, 'fail');
  });
  it('says nothing of one that was hardly run', () => {
    assert.equal(judge({ calls: 99 }).verdict, 'inconclusive');
    assert.equal(judge({ calls: 0, wallMs: 0, cpuMs: 0 }).verdict, 'inconclusive');
    assert.equal(judge({ calls: 0, wallMs: 0, cpuMs: 0, peakBytes: 90 * mib }).verdict, 'fail');
  });
});

describe('judgeBusiness', () => {
  const lift: JudgedLift = {
    version: 3,
    verdict: 'LIFT_VERDICT_UNDECIDED',
    ...{ lift: 0.01, lower: -0.01, upper: 0.03, margin: 0.02, alpha: 0.05, harmPValue: 0.9 },
    ...{ share: 0.95, wantedShare: 0.95, sampleRatioPValue: 0.7 },
    modelCohort: { labelled: 9_000, entities: 900 },
    controlCohort: { labelled: 500, entities: 50 },
  };
  const judge = (change: Partial<JudgedLift>) => judgeBusiness({ ...lift, ...change });
  it('passes where a loss above the margin is ruled out, and fails where one is proven', () => {
    assert.equal(judge({}).verdict, 'pass');
    assert.equal(judge({ lower: -0.0201 }).verdict, 'inconclusive');
    assert.equal(judge({ lower: -0.02 }).verdict, 'inconclusive');
    assert.equal(judge({ lift: -0.1, lower: -0.2, upper: -0.0201 }).verdict, 'fail');
    assert.match(judge({}).statement, /\+0\.0100 a request against control, -0\.0100 to \+0\.0300/);
  });
  it('says nothing of cohorts without their sizes, or too small, and gives finite figures', () => {
    assert.equal(judge({ verdict: 'LIFT_VERDICT_INVALID' }).verdict, 'inconclusive');
    const few = judge({ lower: -Infinity, upper: Infinity, controlCohort: null });
    assert.equal(few.verdict, 'inconclusive');
    assert.ok(Object.values(few.figures).every(Number.isFinite));
    assert.match(few.statement, /too few to say/);
  });
});

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

describe('findingsOf', () => {
  const gate = { kind: 'shadow-quality', statement: 'log loss +0.0010', figures: { pairs: 9 } };
  const judged = (verdict: string, receivedUntilMs = 1_000) => ({
    verdict: { verdictId: 'v00000abcd-gates-m' },
    gates: [{ ...gate, verdict }],
    policyDigest: 'a'.repeat(64),
    receivedUntilMs,
  });
  it('says what the monitor said of each gate, and by which verdict', () => {
    const [finding] = findingsOf(judged('pass'));
    assert.deepEqual([finding?.kind, finding?.verdict], ['shadow-quality', 'pass']);
    assert.equal(finding?.statement, 'log loss +0.0010 (v00000abcd-gates-m)');
    assert.deepEqual(finding.figures, { pairs: 9 });
    assert.equal(findingsOf(judged('fail'))[0]?.verdict, 'fail');
    // Whatever a monitor of another version may say: it lets nobody through.
    for (const verdict of ['inconclusive', 'maybe']) {
      assert.equal(findingsOf(judged(verdict))[0]?.verdict, 'inconclusive');
    }
  });
  it('is as old as the newest request that was compared', () => {
    assert.equal(findingsOf(judged('pass'))[0]?.madeAtMs, 1_000);
    assert.equal(findingsOf(judged('pass', 0))[0]?.madeAtMs, undefined);
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
