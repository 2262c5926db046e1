import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { splitSegments } from './segments.ts';

const repeated = (value: string, count: number) => new Array<string>(count).fill(value);
const shape = (values: readonly string[]) =>
  splitSegments({ column: 'c', values }).map(({ value, isRest, members }) => [
    isRest ? '(rest)' : value,
    members.length,
  ]);

describe('splitSegments', () => {
  it('gives values with 200 rows or more, the most frequent first, and the rest together', () => {
    const values = [...repeated('b', 200), ...repeated('a', 300), ...repeated('c', 199), 'd'];
    assert.deepEqual(shape(values), [
      ['a', 300],
      ['b', 200],
      ['(rest)', 200],
    ]);
  });

  it('gives at most 20 values, and every row once', () => {
    const values = Array.from({ length: 30 * 250 }, (_, row) => `v${row % 30}`);
    const segments = splitSegments({ column: 'c', values });
    assert.equal(segments.length, 21);
    const rows = segments.flatMap(({ members }) => [...members]);
    assert.equal(new Set(rows).size, values.length);
  });

  it('has no rest where there is none, and nothing for no rows', () => {
    assert.deepEqual(shape(repeated('', 250)), [['', 250]]);
    assert.deepEqual(shape(repeated('x', 3)), [['(rest)', 3]]);
    assert.deepEqual(shape([]), []);
  });
});
