import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { IntakeOrder } from './intake-order.ts';

describe('IntakeOrder', () => {
  it('hands batches on in the order in which they came, whichever becomes durable first', () => {
    const taken: string[] = [];
    const order = new IntakeOrder<string>((item) => taken.push(item));
    const [first, second, third] = [order.begin(), order.begin(), order.begin()];
    order.finish(third, 'third');
    assert.deepEqual([taken, order.handed], [[], 0]);
    order.finish(first, 'first');
    assert.deepEqual([taken, order.handed], [['first'], 1]);
    order.finish(second, 'second');
    assert.deepEqual([taken, order.handed], [['first', 'second', 'third'], 3]);
  });

  it('goes on behind a batch that came to nothing, and behind what was counted before', () => {
    const taken: string[] = [];
    const order = new IntakeOrder<string>((item) => taken.push(item));
    order.resume(7);
    order.resume(5);
    assert.equal(order.handed, 7);
    const [failed, next] = [order.begin(), order.begin()];
    assert.deepEqual([failed, next], [8, 9]);
    order.finish(next, 'next');
    order.finish(failed, undefined);
    assert.deepEqual([taken, order.handed], [['next'], 9]);
  });
});
