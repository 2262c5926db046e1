import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../../shared/kernel/random.ts';
import { CohortTally } from './cohort-tally.ts';
import { explainLoss } from './explain-loss.ts';

const random = seededRandom(2);

interface Served {
  readonly answers?: number;
  readonly latencyMs?: number;
  readonly degraded?: number;
  /** How much of the score is chance, 0 to 1. */
  readonly noise?: number;
}

function figuresOf({ answers = 2_000, latencyMs = 20, degraded = 0, noise = 0 }: Served) {
  const tally = new CohortTally();
  for (let index = 0; index < answers; index += 1) {
    const odds = random.next();
    const isDegraded = random.next() < degraded;
    const label = random.next() < odds ? 1 : 0;
    const score = noise * random.next() + (1 - noise) * odds;
    const served = { entity: `${index % 500}`, atMs: 1_000 + index, latencyMs, score };
    const outcome = { label, value: label };
    tally.add({ ...served, isDegraded, isByModel: !isDegraded, outcome, covariate: 0 });
  }
  return tally.figures();
}

const explain = (model: Served, before?: Served, control: Served = {}) =>
  explainLoss({
    model: figuresOf(model),
    control: figuresOf(control),
    before: before && figuresOf(before),
  });

describe('CohortTally', () => {
  it('gives shares, quantiles, the mean by request and how well the model itself orders outcomes', () => {
    const figures = figuresOf({ latencyMs: 50, degraded: 0.25 });
    assert.deepEqual([figures.answers, figures.labelled, figures.entities], [2_000, 2_000, 500]);
    assert.ok(Math.abs(figures.degraded / 2_000 - 0.25) < 0.03);
    assert.ok(Math.abs(figures.meanValue - 0.5) < 0.04);
    assert.ok(Math.abs((figures.latencyP50Ms ?? 0) - 50) < 4);
    // 5 / 6 for odds that are uniform, with a deviation of 0.01.
    assert.ok(Math.abs((figures.auc ?? 0) - 5 / 6) < 0.04, `${figures.auc}`);
    assert.ok(Math.abs((figures.aucStd ?? 0) - 0.01) < 0.003, `${figures.aucStd}`);
  });

  it('knows nothing of no answers', () => {
    const { answers, meanValue, latencyP50Ms, auc } = new CohortTally().figures();
    assert.deepEqual([answers, meanValue, latencyP50Ms, auc], [0, 0, undefined, undefined]);
    assert.deepEqual(new CohortTally().interval, [Number.POSITIVE_INFINITY, 0]);
  });
});

describe('explainLoss', () => {
  it('says that latency rose tenfold while the model is as good as before', () => {
    const text = explain({ latencyMs: 200 }, { latencyMs: 20 });
    assert.match(
      text,
      /^latency rose tenfold, median 2\d ms before it to 20\d ms, and 0\.0 % of its answers came from a lower tier, 0\.0 % before it; the model itself/,
    );
    assert.match(text, /is as good as before, AUC 0\.8\d+ to 0\.8\d+$/);
  });

  it('says that answers came from lower tiers', () => {
    const text = explain({ degraded: 0.3 }, {});
    assert.match(
      text,
      /^latency did not rise, median 2\d ms before it to 2\d ms, and (2\d|3\d)\.\d % of its answers came from a lower tier, 0\.0 % before it;/,
    );
  });

  it('names both, and holds control against it where nothing is known of before', () => {
    const text = explain({ latencyMs: 90, degraded: 0.3 }, undefined, { latencyMs: 30 });
    assert.match(text, /^latency rose [23]\.\d times, median \d+ ms in control to \d+ ms, and /);
    assert.match(text, /0\.0 % in control; the model itself orders outcomes with AUC/);
    assert.match(
      explain({ latencyMs: 90 }, { answers: 20, latencyMs: 10 }, { latencyMs: 30 }),
      /in control/,
    );
  });

  it('says that the answers themselves are worse, but not for a difference that chance makes', () => {
    assert.match(explain({ noise: 0.8 }, {}), /^it orders outcomes worse, AUC 0\.8\d+ to 0\.\d+$/);
    assert.match(explain({ answers: 120, noise: 0.3 }, { answers: 120 }), /as good as before/);
  });

  it('says of a version that its evaluation was fine how much longer an inference takes', () => {
    const release = { evaluatedAuc: 0.712, previousEvaluatedAuc: 0.709 };
    const served = { control: figuresOf({}), before: figuresOf({}), model: figuresOf({}) };
    const late = { ...release, inferenceMs: 204, previousInferenceMs: 20 };
    assert.match(
      explainLoss({ ...served, model: figuresOf({ degraded: 0.3 }), release: late }),
      /^an inference takes 204 ms, tenfold the 20 ms of the version before; latency did not rise, .*; its evaluation was as good as that of the version before, AUC 0\.709 to 0\.712$/,
    );
    const worse = { ...release, evaluatedAuc: 0.61 };
    assert.match(
      explainLoss({ ...served, release: worse }),
      /; its evaluation was worse already, /,
    );
    const same = { inferenceMs: 9, previousInferenceMs: 3 };
    assert.match(explainLoss({ ...served, release: same }), /^latency and tiers are as before it;/);
  });

  it('does not blame a latency that nobody feels', () => {
    assert.match(
      explain({ latencyMs: 4 }, { latencyMs: 1 }),
      /^latency and tiers are as before it;/,
    );
  });
});
