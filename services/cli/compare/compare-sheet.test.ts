import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { comparisonPage } from './compare-page.ts';
import { renderComparison } from './compare-sheet.ts';
import type { ComparedShadow } from './compared-shadow.ts';

const compared: ComparedShadow = {
  model: 'm',
  version: 3,
  baselineVersion: 2,
  segmentBy: 'origin',
  comparison: {
    expected: 1_000,
    answered: 990,
    failures: { QUEUE_FULL: 10 },
    pairs: 980,
    flips: 49,
    flipShareUpper: 0.06,
    scoreDifference: 0.01,
    labelled: 500,
    positives: 100,
    entities: 50,
    shadowLogLoss: 0.48,
    baselineLogLoss: 0.5,
    lossDifferenceUpper: -0.01,
    shadowAuc: 0.71,
    baselineAuc: 0.7,
    shadowP50Ms: 2,
    shadowP99Ms: 9,
    shadowP99UpperMs: 12,
    fromMs: 0,
    untilMs: 60_000,
    receivedUntilMs: 1,
  },
  judged: {
    verdict: {
      verdictId: 'v00000abcd-gates-m',
      kind: 'gates',
      model: 'm',
      version: 3,
      baselineVersion: 2,
      atMs: 1,
      decision: 'inconclusive',
      statement: '',
      figures: {},
    },
    gates: [
      {
        kind: 'calibration',
        gate: 'G5',
        verdict: 'pass',
        statement: 'expected calibration error',
        figures: { ece: 0.012, baseline_ece: 0.034 },
      },
    ],
    policyDigest: 'a'.repeat(64),
    receivedUntilMs: 1,
  },
  detail: {
    segments: [
      {
        value: '<b>ORD</b>',
        requests: 400,
        answered: 396,
        pairs: 390,
        flips: 39,
        labelled: 0,
        shadowLogLoss: 0,
        baselineLogLoss: 0,
        shadowP99Ms: 8,
      },
    ],
    shadowBins: [
      { rows: 250, meanProbability: 0.1, positiveRate: 0.12 },
      { rows: 250, meanProbability: 0.4, positiveRate: 0.3 },
    ],
    baselineBins: [{ rows: 500, meanProbability: 0.2, positiveRate: 0.2 }],
    latencies: [
      { share: 0.5, shadowMs: 2, baselineMs: 3 },
      { share: 0.99, shadowMs: 9, baselineMs: 8 },
    ],
    scoreCounts: Array.from({ length: 400 }, (_, index) => (index === 21 ? 980 : 0)),
  },
};

describe('the sheet of a comparison', () => {
  it('sets both beside each other, with the gates and the segments', () => {
    const text = renderComparison(compared);
    assert.match(text, /version 3 against version 2 on 980 pairs of 1,000 requests/);
    assert.match(text, /log loss +0\.4800 +0\.5000/);
    assert.match(text, /p99 time +9\.00 ms +8\.00 ms/);
    assert.match(text, /calibration error +0\.0120 +0\.0340/);
    assert.match(text, /verdict inconclusive: mlmesh explain v00000abcd-gates-m/);
    assert.match(text, /ORD<\/b> +400 +99\.0 % +10\.0 % +0 +- +- +8\.00 ms/);
  });
  it('says nothing of the calibration while it is not known', () => {
    for (const figures of [{}, { ece: Number.NaN, baseline_ece: Number.NaN }]) {
      const gates = compared.judged.gates.map((gate) => ({ ...gate, figures }));
      const text = renderComparison({ ...compared, judged: { ...compared.judged, gates } });
      assert.match(text, /calibration error +- +-\n/);
      assert.doesNotMatch(text, /NaN/);
    }
  });
  it('says so where there is nothing to compare', () => {
    const none = { ...compared, comparison: { ...compared.comparison, expected: 0 } };
    assert.match(renderComparison(none), /^no request was to be answered by version 3/);
  });
});

describe('the page of a comparison', () => {
  const page = comparisonPage(compared);
  it('has its charts in itself, and takes nothing from elsewhere', () => {
    assert.equal(page.match(/<svg /g)?.length, 3);
    assert.doesNotMatch(page, /<script|https?:|src=|href=/);
    assert.doesNotMatch(page, /NaN|Infinity|undefined/);
    assert.match(page, /<title>980 pairs<\/title>/);
  });
  it('takes no name for markup', () => {
    assert.match(page, /&lt;b&gt;ORD/);
    assert.doesNotMatch(page, /<b>ORD/);
  });
  it('draws nothing of nothing', () => {
    const detail = {
      segments: [],
      shadowBins: [],
      baselineBins: [],
      latencies: [],
      scoreCounts: [],
    };
    assert.doesNotMatch(comparisonPage({ ...compared, detail }), /NaN|Infinity|undefined/);
  });
});
