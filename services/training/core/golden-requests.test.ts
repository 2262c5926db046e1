import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { writeGoldenRequests } from './golden-requests.ts';

function written(outputs: readonly number[]) {
  const rows = outputs.length;
  const set = {
    rows,
    columns: 2,
    features: Float32Array.from({ length: rows * 2 }, (_, at) => (at === 3 ? Number.NaN : at)),
    labels: new Float32Array(rows),
    atMs: new Float64Array(rows),
    eventIds: outputs.map((_, row) => `${row}`),
  };
  return JSON.parse(Buffer.from(writeGoldenRequests(set, Float64Array.from(outputs))).toString());
}

describe('writeGoldenRequests', () => {
  it('takes rows across the range of the output, the least and the greatest among them', () => {
    // The outputs of 997 rows, in an order that has nothing to do with them.
    const outputs = Array.from({ length: 997 }, (_, row) => ((row * 389) % 997) / 996);
    const { requests, tolerance } = written(outputs);
    assert.equal(requests.length, 32);
    assert.equal(tolerance, 1e-5);
    const given = requests.map((request: { outputs: number[] }) => request.outputs[0]);
    assert.deepEqual([given[0], given[31]], [0, 1]);
    for (const [index, value] of given.entries()) {
      // 1/996: the next row would be as good.
      assert.ok(Math.abs(value - index / 31) <= 1 / 996, `${index} ${value}`);
    }
    for (const { features, outputs: wanted } of requests) {
      assert.equal(outputs[features[0] / 2], wanted[0]);
    }
  });

  it('takes all rows of a small set, one included, and writes a missing feature as null', () => {
    assert.equal(written([0.5]).requests.length, 1);
    const { requests } = written([0.5, 0.25, 0.75]);
    assert.deepEqual(
      requests.map((request: { features: unknown[] }) => request.features),
      [
        [2, null],
        [0, 1],
        [4, 5],
      ],
    );
  });
});
