import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileView } from './compiled-view.ts';
import { lanePrefixes } from './lane-prefixes.ts';
import type { ViewPlan } from './plan.ts';
import { recomputeView } from './recompute.ts';
import { sweepView } from './sweep.ts';

const plan: ViewPlan = {
  id: 's/k',
  source: 's',
  by: ['k'],
  columns: ['x'],
  derivedColumns: [],
  features: [
    {
      name: 'sum',
      view: { source: 's', by: ['k'] },
      window: { kind: 'sliding', lengthMs: 2, delayMs: 0 },
      aggregate: {
        operator: 'sum',
        value: { expression: { kind: 'column', column: 'x' }, isWhole: true, scale: 2 },
      },
      default: 0,
      parity: 'exact',
    },
  ],
  retentionMs: 2,
};

describe('lanePrefixes', () => {
  it('are not there where the difference of two of them might not be exact', () => {
    const view = compileView(plan);
    const [lane] = view.lanes;
    assert.ok(lane !== undefined);
    const half = 2 ** 52;
    assert.ok(lanePrefixes(lane, Float64Array.of(1 - half, half - 1, half - 1)));
    assert.equal(lanePrefixes(lane, Float64Array.of(-half)), undefined);
    assert.equal(lanePrefixes(lane, Float64Array.of(0.5)), undefined);
    // From -(2^53 - 1) to 2^53 - 3, by way of sums that are all exact.
    const x = Float64Array.of(1 - 2 ** 53, 2 ** 53 - 1, 2 ** 53 - 3);
    const ts = Float64Array.of(0, 8, 9);
    const events = { rows: 3, ts, seq: ts, columns: new Map([['x', x]]) };
    const swept = sweepView(view, events, Float64Array.of(10));
    assert.deepEqual(swept.values, recomputeView(plan, events, 10, 10).values);
    const near = Float64Array.of(-(2 ** 53) + 1, 2 ** 53 - 2, 2 ** 52 + 1);
    const others = { ...events, columns: new Map([['x', near]]) };
    const again = sweepView(view, others, Float64Array.of(10));
    assert.deepEqual(again.values, recomputeView(plan, others, 10, 10).values);
  });
});
