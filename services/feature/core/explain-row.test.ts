import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mesh } from '../../../deploy/purchases/mesh.ts';
import { explainValue } from './explain-row.ts';

const [view] = mesh.views;
assert.ok(view !== undefined);

describe('explainValue', () => {
  it('says what a decimal is, not how many units of its last digit', () => {
    const explained = explainValue({
      view,
      featureIndex: view.features.findIndex(({ name }) => name === 'spend7d'),
      entity: 'u1',
      events: {
        rows: 2,
        ts: Float64Array.of(1, 2),
        seq: Float64Array.of(1, 2),
        columns: new Map(
          view.columns.map((name) => [
            name,
            name === 'amount' ? Float64Array.of(1_234, Number.NaN) : Float64Array.of(-1, -1),
          ]),
        ),
      },
      t: 10,
      logOffset: 2,
      newestOffset: 2,
      online: undefined,
      served: undefined,
      isLate: () => false,
      isHistory: () => false,
    });
    assert.deepEqual(
      explained.events.map(({ value }) => value),
      [12.34, Number.NaN],
    );
    assert.equal(explained.recomputed.value, 12.34);
  });
});
