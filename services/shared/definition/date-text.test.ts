import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../kernel/random.ts';
import { intervalOf, timeText } from './date-text.ts';

describe('timeText', () => {
  it('writes what Date writes, to the second, and what intervalOf reads', () => {
    const random = seededRandom(3);
    for (let count = 0; count < 2_000; count += 1) {
      // Years 1600 to 2400, leap days of centuries among them.
      const seconds = Math.floor(-11_676_096_000 + random.next() * 25_245_561_600);
      const text = timeText(seconds * 1000 + 999);
      assert.equal(text, new Date(seconds * 1000).toISOString().replace('.000Z', 'Z'));
      const interval = intervalOf({ from: text, to: '2999-01-01' }, 'test');
      assert.equal(interval.fromMs, seconds * 1000);
    }
    assert.equal(timeText(951_782_400_000), '2000-02-29T00:00:00Z');
  });
});
