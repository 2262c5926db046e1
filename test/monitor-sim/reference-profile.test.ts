import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ColumnCounter } from '../../services/monitor/core/statistics/column-counter.ts';
import { driftThresholds } from '../../services/monitor/core/statistics/drift-threshold.ts';
import { measureDrift } from '../../services/monitor/core/statistics/measure-drift.ts';
import { readProfile } from '../../services/monitor/core/statistics/read-profile.ts';
import { MeshError } from '../../services/shared/kernel/mesh-error.ts';
import { seededRandom } from '../../services/shared/kernel/random.ts';
import { writeReferenceProfile } from '../../services/training/core/reference-profile.ts';

const random = seededRandom(8);
const rows = 6_000;
const hourMs = 3_600_000;
/** Sixty days of a distance, an hour of the day, and a column that never has a value. */
const inputs = {
  atMs: Float64Array.from({ length: rows }, (_, row) => row * 0.24 * hourMs),
  columns: [
    { name: 'distance', values: Float64Array.from({ length: rows }, () => random.next() * 900) },
    { name: 'weekday', values: Float64Array.from({ length: rows }, (_, row) => row % 7) },
    { name: 'nothing', values: new Float64Array(rows).fill(Number.NaN) },
  ],
};
const bytes = writeReferenceProfile(inputs, {
  atMs: inputs.atMs,
  columns: inputs.columns.slice(0, 1),
});

describe('readProfile', () => {
  it('reads what training writes, so that windows of serving compare with it', () => {
    const profile = readProfile(bytes);
    assert.deepEqual(
      profile.inputs.map(({ name, counts, categories }) => [
        name,
        counts.length,
        categories?.length,
      ]),
      [
        ['distance', 128, undefined],
        ['weekday', 6, 7],
        ['nothing', 0, 0],
      ],
    );
    const [output] = profile.outputs;
    assert.ok(output !== undefined);
    const { windowMeans = [], ...described } = output;
    assert.deepEqual([described], profile.inputs.slice(0, 1));
    assert.ok(windowMeans.length > 14 && windowMeans.every((window) => window.rows >= 100));
    const tests = profile.inputs.map((column, index) => {
      const counter = new ColumnCounter(column);
      // Far away, all on one day, and there after all.
      for (let row = 0; row < 700; row += 1) counter.add(index === 0 ? 900 + row : 3);
      const { test, effect, pValue, unseen } = measureDrift(column, counter.counts(), 700);
      return {
        test,
        isDrifted: effect > driftThresholds(column.windows).distribution && pValue < 1e-9,
        unseen: unseen.share,
      };
    });
    assert.deepEqual(tests, [
      { test: 'ks', isDrifted: true, unseen: 0 },
      { test: 'chi-square', isDrifted: true, unseen: 0 },
      { test: 'chi-square', isDrifted: false, unseen: 1 },
    ]);
    const [distance] = profile.inputs;
    assert.ok(distance !== undefined && distance.windows.count > 14);
    assert.ok(driftThresholds(distance.windows).distribution >= 0.1);
  });

  it('refuses what is no profile, and says what is wrong', () => {
    const profile = JSON.parse(Buffer.from(bytes).toString('utf8')) as {
      readonly inputs: readonly object[];
    };
    const changed = (change: object) =>
      JSON.stringify({ ...profile, inputs: [{ ...profile.inputs[0], ...change }] });
    for (const [text, pattern] of [
      ['{', /as JSON/],
      ['[]', /a profile with fields/],
      ['{"format":"mlmesh-profile-1"}', /got mlmesh-profile-1/],
      [JSON.stringify({ ...profile, outputs: 3 }), /a list for outputs/],
      [changed({ name: 4 }), /the name of a column/],
      [changed({ edges: [3, 1], counts: [4] }), /ascending edges of distance/],
      [changed({ edges: [1, 3], counts: [] }), /a count for each bin/],
      [changed({ rows: 'many' }), /a number for distance.rows/],
      [changed({ windows: { count: 3 } }), /distance.windows.ks with fields/],
      [changed({ categories: [{ value: null }] }), /a category of distance/],
    ] as const) {
      assert.throws(
        () => readProfile(Buffer.from(text)),
        (error) =>
          error instanceof MeshError &&
          error.reason === 'ARTIFACT_CORRUPT' &&
          pattern.test(error.message),
        text.slice(0, 80),
      );
    }
  });
});
