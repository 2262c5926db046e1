import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { joinVerdicts, type ListedVerdict } from './verdict-views.ts';

function verdict(atMs: number, change: Partial<ListedVerdict> = {}): ListedVerdict {
  return {
    ...{ id: `v${atMs}`, kind: 'guard', version: 3, baselineVersion: 2, decision: 'keep', atMs },
    ...{ statement: `found at ${atMs}`, figures: {} },
    ...change,
  };
}

describe('joinVerdicts', () => {
  it('makes one of verdicts in a row that say the same: what the newest found, since the oldest', () => {
    const [joined, ...others] = joinVerdicts([verdict(30), verdict(20), verdict(10)]);
    assert.deepEqual(others, []);
    assert.deepEqual(joined, { ...verdict(30), sinceMs: 10, count: 3 });
  });

  it('keeps apart what decides another thing, or of another version, and what came between', () => {
    const joined = joinVerdicts([
      verdict(50, { version: 2 }),
      verdict(40, { decision: 'rollback' }),
      verdict(30),
      verdict(20, { decision: 'hold' }),
      verdict(10),
    ]);
    assert.deepEqual(
      joined.map(({ atMs, decision }) => [atMs, decision]),
      [
        [50, 'keep'],
        [40, 'rollback'],
        [30, 'keep'],
        [20, 'hold'],
        [10, 'keep'],
      ],
    );
  });

  it('joins those of a guard across gates that were judged meanwhile', () => {
    const gates = { kind: 'gates', version: 4, decision: 'pass' };
    const joined = joinVerdicts([verdict(30), verdict(20, gates), verdict(10)]);
    assert.deepEqual(
      joined.map(({ kind, count }) => [kind, count]),
      [
        ['guard', 2],
        ['gates', 1],
      ],
    );
  });
});
