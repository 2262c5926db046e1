import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { binnedKs, countBins, populationStability, quantileEdges } from './profile-bins.ts';

/** Written by evaluation-vectors.py beside it. */
const { drifts } = JSON.parse(
  readFileSync(resolve('test/support/evaluation-vectors.json'), 'utf8'),
) as {
  readonly drifts: readonly {
    readonly reference: readonly number[];
    readonly values: readonly number[];
    readonly ks: number;
  }[];
};

describe('quantileEdges and countBins', () => {
  it('cut values into bins of about equal counts', () => {
    const sorted = Float64Array.from({ length: 1_281 }, (_, index) => index);
    const edges = quantileEdges(sorted, 128);
    assert.equal(edges.length, 129);
    const counts = countBins(edges, sorted);
    assert.deepEqual(new Set(counts), new Set([10, 11]));
  });

  it('give one bin to one value, none to none, and each bin its upper edge', () => {
    assert.deepEqual(quantileEdges(new Float64Array(0), 128), []);
    assert.deepEqual([...countBins([], Float64Array.of(1))], []);
    assert.deepEqual(quantileEdges(Float64Array.of(5, 5), 128), [5, 5]);
    assert.deepEqual([...countBins([5, 5], Float64Array.of(4, 5, 6))], [3]);
    assert.deepEqual([...countBins([0, 1, 2], Float64Array.of(-9, 0, 1, 1.5, 2, 99))], [3, 3]);
  });
});

describe('binnedKs', () => {
  for (const [index, { reference, values, ks }] of drifts.entries()) {
    it(`gives what scipy gives where bins are as fine as the values: vector ${index}`, () => {
      const sorted = Float64Array.from(reference).sort();
      const least = sorted[0] ?? 0;
      const edges = Array.from(
        { length: (sorted.at(-1) ?? 0) - least + 2 },
        (_, at) => least - 1 + at,
      );
      const left = countBins(edges, sorted);
      const right = countBins(edges, Float64Array.from(values));
      // 1e-12: both are quotients of counts.
      assert.ok(Math.abs(binnedKs(left, right) - ks) < 1e-12, `${binnedKs(left, right)} ${ks}`);
    });
  }

  it('is 0 for equal shares, 1 for disjoint ones, and 0 where nothing is compared', () => {
    assert.equal(binnedKs(Uint32Array.of(2, 4), Uint32Array.of(1, 2)), 0);
    assert.equal(binnedKs(Uint32Array.of(2, 0), Uint32Array.of(0, 7)), 1);
    assert.equal(binnedKs(Uint32Array.of(2, 0), Uint32Array.of(0, 0)), 0);
  });
});

describe('populationStability', () => {
  it('is the sum that its name stands for, over ten merged bins', () => {
    const reference = new Uint32Array(20).fill(50);
    const counts = Uint32Array.from({ length: 20 }, (_, bin) => (bin < 10 ? 30 : 10));
    const share = (count: number, rows: number) => (count + 0.5) / (rows + 5);
    const wanted = [60, 20].reduce((sum, count) => {
      const [was, is] = [share(100, 1_000), share(count, 400)];
      return sum + 5 * (is - was) * Math.log(is / was);
    }, 0);
    // 1e-12: ten terms added one by one against two times five.
    assert.ok(Math.abs(populationStability(reference, counts) - wanted) < 1e-12);
    assert.equal(populationStability(reference, reference), 0);
    assert.ok(
      Number.isFinite(
        populationStability(reference, Uint32Array.of(...[5], ...new Array(19).fill(0))),
      ),
    );
  });
});
