import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monthAt, monthBegin, monthText } from './utc-month.ts';

describe('months of UTC', () => {
  it('are those of the calendar, from its first to its last millisecond', () => {
    for (let year = 1000; year < 10_000; year += 1) {
      for (let month = 0; month < 12; month += 1) {
        const begin = Date.UTC(year, month);
        const index = 12 * year + month;
        assert.equal(monthBegin(index), begin);
        assert.equal(monthAt(begin), index);
        assert.equal(monthAt(begin - 1), index - 1);
      }
    }
  });

  it('are named by year and month', () => {
    assert.equal(monthText(monthAt(Date.UTC(2001, 4, 31, 23))), '2001-05');
    assert.equal(monthText(monthAt(Date.UTC(1969, 11, 31))), '1969-12');
    assert.equal(monthText(monthAt(Date.UTC(2000, 1, 29))), '2000-02');
  });
});
