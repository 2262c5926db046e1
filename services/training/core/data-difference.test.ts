import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TrainingRows } from '../../shared/compute/training-rows.ts';
import { seededRandom } from '../../shared/kernel/random.ts';
import { compareData, type DataDifference } from './data-difference.ts';
import { indexTrainingSet } from './data-index.ts';

const dayMs = 86_400_000;
const fromMs = Date.UTC(2001, 1, 1);
const names = ['delay', 'distance', 'hour'];

/** Ten rows a day over thirty days. */
function rowsOf(): TrainingRows {
  const random = seededRandom(5);
  const rows = 300;
  return {
    rows,
    columns: 3,
    features: Float32Array.from({ length: rows * 3 }, () => Math.floor(random.next() * 100)),
    labels: Float32Array.from({ length: rows }, () => Math.round(random.next())),
    atMs: Float64Array.from({ length: rows }, (_, row) => fromMs + (row * dayMs) / 10),
    eventIds: Array.from({ length: rows }, (_, row) => `e${row}`),
  };
}

function without(set: TrainingRows, row: number): TrainingRows {
  const keeps = (_: unknown, at: number) => at !== row;
  return {
    ...set,
    rows: set.rows - 1,
    features: set.features.filter((_, at) => Math.floor(at / 3) !== row),
    labels: set.labels.filter(keeps),
    atMs: set.atMs.filter(keeps),
    eventIds: set.eventIds.filter(keeps),
  };
}

function compare(recorded: TrainingRows, now: TrainingRows): DataDifference | undefined {
  return compareData(indexTrainingSet(recorded, names), indexTrainingSet(now, names), now);
}

describe('compareData', () => {
  it('finds nothing where nothing differs, a -0 for a 0 and one NaN for another included', () => {
    const [left, right] = [rowsOf(), rowsOf()];
    left.features[7] = 0;
    right.features[7] = -0;
    left.features[8] = Number.NaN;
    right.features[8] = -Number.NaN;
    assert.equal(compare(left, right), undefined);
  });

  it('names the column, the stretch of time and the row of one changed value', () => {
    const now = rowsOf();
    now.features[123 * 3 + 1] = -1;
    const difference = compare(rowsOf(), now);
    const day = fromMs + 12 * dayMs;
    assert.deepEqual(difference, {
      columns: ['distance'],
      // 30 days are cut into quarters of a day.
      parts: [
        {
          fromMs: day + dayMs / 4,
          untilMs: day + dayMs / 2,
          columns: ['distance'],
          rowsRecorded: 2,
          rowsNow: 2,
        },
      ],
      rowsChanged: 1,
      rowsMissing: 0,
      rowsNew: 0,
      firstRow: { row: 123, atMs: day + 0.3 * dayMs, eventId: 'e123', kind: 'changed' },
    });
  });

  it('tells a label from a feature, and joins neighbouring stretches', () => {
    const now = rowsOf();
    for (const row of [100, 103, 105]) now.labels[row] = 1 - (now.labels[row] ?? 0);
    const difference = compare(rowsOf(), now);
    assert.deepEqual(difference?.columns, ['label']);
    assert.equal(difference.parts.length, 1);
    assert.equal(difference.parts[0]?.rowsNow, 8);
    assert.equal(difference.rowsChanged, 3);
  });

  it('finds a row that is gone without calling those after it changed, and one that is new', () => {
    const whole = rowsOf();
    const gone = compare(whole, without(whole, 250));
    assert.deepEqual(gone?.columns, ['id', 'label', ...names]);
    assert.deepEqual([gone.rowsChanged, gone.rowsMissing, gone.rowsNew], [0, 1, 0]);
    assert.equal(gone.firstRow, undefined);
    assert.equal(gone.parts.length, 1);
    const come = compare(without(whole, 250), whole);
    assert.deepEqual([come?.rowsChanged, come?.rowsMissing, come?.rowsNew], [0, 0, 1]);
    assert.deepEqual(come?.firstRow?.eventId, 'e250');
  });

  it('says that all differs where the columns or the span are others', () => {
    const whole = rowsOf();
    const other = compareData(
      indexTrainingSet(whole, ['a', 'b', 'c']),
      indexTrainingSet(whole, names),
      whole,
    );
    assert.deepEqual(other?.columns, ['id', 'label', 'a', 'b', 'c', ...names]);
    assert.equal(other.rowsNew, 300);
  });

  it('compares sets without rows', () => {
    const none = {
      rows: 0,
      columns: 3,
      features: new Float32Array(0),
      labels: new Float32Array(0),
    };
    const empty = { ...none, atMs: new Float64Array(0), eventIds: [] };
    assert.equal(compare(empty, empty), undefined);
    assert.equal(compare(rowsOf(), empty)?.rowsMissing, 300);
  });
});
