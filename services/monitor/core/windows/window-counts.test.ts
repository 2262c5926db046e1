import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../../shared/kernel/random.ts';
import { addToWritten, readCounts, writeCounts } from './counts-bytes.ts';
import { latencyBin, latencyBins, latencyQuantile } from './latency-bins.ts';
import { type CountedAnswer, type CountedColumns, WindowCounter } from './window-counter.ts';
import { answersOf, mergeWindows } from './window-counts.ts';

const column = (name: string) => ({
  name,
  rows: 100,
  missingShare: 0,
  std: 0.3,
  edges: [0, 0.25, 0.5, 0.75, 1],
  counts: [25, 25, 25, 25],
});
const columns: CountedColumns = {
  inputs: [column('x'), { ...column('y'), categories: [{ value: 0.25, count: 100 }] }],
  outputs: [column('probability')],
  outputUnit: 2 ** -16,
};

const random = seededRandom(5);
const answer = (index: number): CountedAnswer => ({
  cohort: index % 5 === 0 ? 'control' : 'model',
  isDegraded: index % 7 === 0,
  latencyMs: 1 + 20 * random.next(),
  score: index % 50 === 0 ? Number.NaN : random.next(),
  entity: `entity ${index % 40}`,
  row: [random.next(), index % 3 === 0 ? Number.NaN : 0.25 * (index % 2)],
});
const answers = Array.from({ length: 400 }, (_, index) => answer(index));

function countsOf(some: readonly CountedAnswer[]) {
  const counter = new WindowCounter(columns);
  for (const one of some) counter.add(one);
  return counter.counts();
}

describe('counts of a window', () => {
  const whole = countsOf(answers);

  it('are the same however minutes and replicas cut the answers, and whichever comes first', () => {
    for (const cut of [0, 1, 133, 399, 400]) {
      const [left, right] = [countsOf(answers.slice(0, cut)), countsOf(answers.slice(cut))];
      assert.deepEqual(mergeWindows(left, right), whole);
      assert.deepEqual(mergeWindows(right, left), whole);
    }
  });

  it('are added to what was written to the same bytes as their sum is, and to nothing else', () => {
    for (const cut of [0, 1, 3, 133, 399, 400]) {
      const counter = new WindowCounter(columns);
      for (const one of answers.slice(cut)) counter.add(one);
      const written = writeCounts(countsOf(answers.slice(0, cut)));
      assert.deepEqual(addToWritten(written, counter.open()), writeCounts(whole));
    }
    const wrong = {
      reason: 'STATE_CORRUPT',
      message: /from a backup, or remove the monitor's folder/,
    };
    const bytes = writeCounts(whole);
    const fewer = new WindowCounter({ ...columns, inputs: [column('x')] }).open();
    assert.throws(() => addToWritten(bytes, fewer), wrong);
    for (const length of [0, 1, 10, bytes.length - 1]) {
      assert.throws(() => addToWritten(bytes.subarray(0, length), whole), wrong);
    }
    assert.throws(() => addToWritten(Uint8Array.of(...bytes, 0), whole), wrong);
  });

  it('have each answer once, by cohort, and each value in one bin or missing', () => {
    assert.equal(answersOf(whole), 400);
    assert.equal(whole.cohorts.control.answers, 80);
    assert.equal(whole.cohorts.model.degraded + whole.cohorts.control.degraded, 58);
    const [x, y] = whole.inputs;
    assert.deepEqual([x?.rows, x?.missing], [400, 0]);
    assert.equal(
      x?.bins.reduce((sum, count) => sum + count, 0),
      400,
    );
    assert.deepEqual([y?.missing, y?.unseen, y?.categories], [134, 133, [133]]);
    assert.deepEqual([whole.outputSums.rows, whole.outputSums.notFinite], [392, 8]);
  });

  it('are read back from their bytes as they were, a minute of few answers from few of them', () => {
    const few = countsOf(answers.slice(0, 3));
    for (const counts of [whole, few, countsOf([])]) {
      assert.deepEqual(readCounts(writeCounts(counts)), counts);
    }
    assert.ok(writeCounts(few).length < 250, `${writeCounts(few).length}`);
  });

  it('are refused where their bytes are cut off, go on, or have runs that do not fit', () => {
    const bytes = writeCounts(whole);
    const wrong = { reason: 'STATE_CORRUPT' };
    for (const length of [0, 1, 10, bytes.length - 1]) {
      assert.throws(() => readCounts(bytes.subarray(0, length)), wrong);
    }
    assert.throws(() => readCounts(Uint8Array.of(...bytes, 0)), wrong);
    assert.throws(() => readCounts(Uint8Array.of(2, ...bytes.subarray(1))), wrong);
    assert.throws(() => readCounts(Uint8Array.of(1, 0, 0, 4, 0, 5)), wrong);
  });
});

describe('bins of latencies', () => {
  it('give quantiles within a twelfth of a doubling, from a 16th of a millisecond to a minute', () => {
    for (const latencyMs of [0.07, 0.5, 3, 48.5, 900, 30_000]) {
      const counts = Array.from({ length: latencyBins }, () => 0);
      counts[latencyBin(latencyMs)] = 10;
      const found = latencyQuantile(counts, 0.5) ?? 0;
      // 2 ** (1 / 16): half a bin.
      assert.ok(found / latencyMs < 1.045 && latencyMs / found < 1.045, `${latencyMs}: ${found}`);
    }
  });

  it('tell the slowest hundredth from the rest, and take what is out of range or no number', () => {
    const counts = Array.from({ length: latencyBins }, () => 0);
    const add = (latencyMs: number) => {
      const bin = latencyBin(latencyMs);
      counts[bin] = (counts[bin] ?? 0) + 1;
    };
    for (let index = 0; index < 980; index += 1) add(4);
    for (let index = 0; index < 20; index += 1) add(200);
    assert.ok(Math.abs((latencyQuantile(counts, 0.5) ?? 0) - 4) < 0.4);
    assert.ok(Math.abs((latencyQuantile(counts, 0.99) ?? 0) - 200) < 18);
    for (const latencyMs of [0, -1, Number.NaN]) assert.equal(latencyBin(latencyMs), 0);
    assert.equal(latencyBin(Number.POSITIVE_INFINITY), latencyBins - 1);
    assert.equal(
      latencyQuantile(
        counts.map(() => 0),
        0.5,
      ),
      undefined,
    );
  });
});
