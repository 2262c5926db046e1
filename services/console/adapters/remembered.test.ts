import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { Remembered } from './remembered.ts';

describe('Remembered', () => {
  it('asks once in a while, for each key', async () => {
    const clock = new ManualClock();
    const remembered = new Remembered<number>(clock, 1_000);
    let asked = 0;
    const ask = () => {
      asked += 1;
      return Promise.resolve(asked);
    };
    const get = (key: string) => remembered.get(key, ask);
    assert.deepEqual(await Promise.all([get('a'), get('a'), get('b')]), [1, 1, 2]);
    await clock.advance(999);
    assert.equal(await get('a'), 1);
    await clock.advance(1);
    assert.equal(await get('a'), 3);
  });

  it('asks again at once after a failure', async () => {
    const remembered = new Remembered<number>(new ManualClock(), 1_000);
    await assert.rejects(remembered.get('a', () => Promise.reject(new Error('away'))));
    assert.equal(await remembered.get('a', () => Promise.resolve(1)), 1);
  });

  it('gives soon what is there, else what was there before, and later what came meanwhile', async () => {
    const clock = new ManualClock();
    const remembered = new Remembered<number>(clock, 1_000);
    const answers: ((answer: number) => void)[] = [];
    const ask = () => new Promise<number>((resolve) => answers.push(resolve));
    const first = remembered.soon('a', ask);
    await clock.advance(300);
    assert.equal(await first, undefined);
    answers[0]?.(1);
    assert.equal(await remembered.soon('a', ask), 1);
    await clock.advance(1_000);
    const second = remembered.soon('a', ask);
    await clock.advance(300);
    assert.equal(await second, 1);
    answers[1]?.(2);
    assert.equal(await remembered.soon('a', ask), 2);
  });

  it('tells a failure that comes soon', async () => {
    const remembered = new Remembered<number>(new ManualClock(), 1_000);
    await assert.rejects(remembered.soon('a', () => Promise.reject(new Error('away'))));
  });
});
