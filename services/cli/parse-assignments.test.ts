import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UsageError } from './exit-code.ts';
import { parseAssignments, parseTime } from './parse-assignments.ts';

const wanted = {
  model: 'flight-delay',
  joinKeys: ['origin', 'destination'],
  requestFeatures: { date: 'time', distance: 'number', isHoliday: 'flag', carrier: 'text' },
};

const refuses = (text: string, pattern: RegExp) =>
  assert.throws(
    () => parseAssignments([text], wanted),
    (error) => error instanceof UsageError && pattern.test(error.message),
  );

describe('parseAssignments', () => {
  it('tells entity keys from request features and reads each by its type', () => {
    const texts = ['origin=ORD', 'date=2001-06-15T18:00Z', 'distance=1745', 'isHoliday=false'];
    assert.deepEqual(parseAssignments([...texts, 'carrier=a=b'], wanted), {
      entities: { origin: 'ORD' },
      requestFeatures: {
        date: { timeMs: Date.UTC(2001, 5, 15, 18) },
        distance: { number: 1745 },
        isHoliday: { flag: false },
        carrier: { text: 'a=b' },
      },
    });
  });
  it('names what the model takes when a key is unknown', () =>
    refuses('orgin=ORD', /takes no 'orgin'; it takes origin, destination, date \(time\)/));
  it('refuses what is no assignment', () => {
    refuses('ORD', /wanted key=value, got 'ORD'/);
    refuses('=ORD', /wanted key=value/);
  });
  it('refuses values that are not of their type', () => {
    refuses('distance=', /distance: wanted a number/);
    refuses('distance=NaN', /distance: wanted a number/);
    refuses('isHoliday=yes', /wanted true or false/);
    refuses('date=tomorrow', /date: wanted a time/);
  });
});

describe('parseTime', () => {
  it('takes UTC where no zone is named', () => {
    const wantedMs = Date.UTC(2001, 5, 15, 18);
    for (const text of ['2001-06-15T18:00', '2001-06-15T18:00Z', '2001-06-15T20:00+02:00']) {
      assert.equal(parseTime('at', text), wantedMs);
    }
    assert.equal(parseTime('at', String(wantedMs)), wantedMs);
    assert.equal(parseTime('at', '2001-06-15'), Date.UTC(2001, 5, 15));
  });
});
