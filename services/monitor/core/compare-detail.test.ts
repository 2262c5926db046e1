import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareDetail } from './compare-detail.ts';
import type { ComparedRequest } from './comparison.ts';

const request = (index: number, change: Partial<ComparedRequest> = {}): ComparedRequest => ({
  entity: `e${index}`,
  keys: [`o${index % 3}`, 'LAX'],
  atMs: index,
  receivedAtMs: index,
  shadow: { score: 0.32, latencyMs: index + 1 },
  baselineScore: 0.62,
  baselineMs: 2 * (index + 1),
  label: index % 2,
  ...change,
});
const requests = Array.from({ length: 100 }, (_, index) => request(index));

describe('compareDetail', () => {
  it('gives quantiles of the times of both, of what was answered and measured', () => {
    const failed = request(500, { shadow: { failure: 'INFERENCE_FAILED' } });
    const { baselineMs, ...unmeasured } = request(900);
    assert.equal(baselineMs, 1_802);
    const { latencies } = compareDetail([...requests, failed, unmeasured], 0.5, undefined);
    assert.deepEqual(latencies[0], { share: 0.5, shadowMs: 51, baselineMs: 102 });
    assert.deepEqual(compareDetail([], 0.5, undefined).latencies[0], {
      share: 0.5,
      shadowMs: 0,
      baselineMs: 0,
    });
  });
  it('counts pairs by both scores', () => {
    const { scoreCounts } = compareDetail(
      [...requests, request(1, { baselineScore: undefined })],
      0.5,
      undefined,
    );
    // Row 12 holds 0.60 to 0.65 of the baseline, column 6 0.30 to 0.35 of the shadow.
    assert.equal(scoreCounts[12 * 20 + 6], 100);
    assert.equal(
      scoreCounts.reduce((sum, count) => sum + count, 0),
      100,
    );
  });
  it('gives the calibration of both on the same known outcomes', () => {
    const unknown = request(7, { label: undefined });
    const { shadowBins, baselineBins } = compareDetail([...requests, unknown], 0.5, undefined);
    const rows = (bins: typeof shadowBins) => bins.reduce((sum, bin) => sum + bin.rows, 0);
    assert.deepEqual([rows(shadowBins), rows(baselineBins)], [100, 100]);
    assert.deepEqual(compareDetail([], 0.5, undefined).shadowBins, []);
  });
  it('puts requests into segments, the largest first, and the smallest together', () => {
    const { segments } = compareDetail(requests, 0.5, 0);
    assert.deepEqual(
      segments.map(({ value, requests: count, flips }) => [value, count, flips]),
      [
        ['o0', 34, 34],
        ['o1', 33, 33],
        ['o2', 33, 33],
      ],
    );
    const many = requests.map((one, index) => ({ ...one, keys: [`o${index}`] }));
    const found = compareDetail(many, 0.5, 0).segments;
    assert.deepEqual(
      [found.length, found.at(-1)?.value, found.at(-1)?.requests],
      [51, '(others)', 50],
    );
    assert.deepEqual(compareDetail(requests, 0.5, undefined).segments, []);
  });
});
