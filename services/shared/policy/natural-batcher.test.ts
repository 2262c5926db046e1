import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { monotonicMs } from '../kernel/units.ts';
import { NaturalBatcher } from './natural-batcher.ts';

interface Item {
  readonly id: number;
  readonly rows: number;
  readonly deadline: ReturnType<typeof monotonicMs>;
}

const item = (id: number, rows = 1, deadline = 1_000): Item => ({
  id,
  rows,
  deadline: monotonicMs(deadline),
});
const ids = (items: readonly Item[]) => items.map(({ id }) => id);
const now = monotonicMs(0);

function batcher(limits: { queueRowsMax?: number; frameRowsMax?: number; framesMax?: number }) {
  return new NaturalBatcher<Item>({ queueRowsMax: 10, frameRowsMax: 4, framesMax: 2, ...limits });
}

describe('natural batcher', () => {
  it('sends the first item alone, and what queues behind the frames under way together', () => {
    const queue = batcher({});
    for (const id of [1, 2]) {
      queue.offer(item(id));
      assert.deepEqual(ids(queue.take(now).items), [id]);
    }
    for (const id of [3, 4, 5]) queue.offer(item(id));
    assert.equal(queue.isReady(now), false);
    assert.deepEqual(queue.take(now).items, []);
    queue.settle();
    assert.deepEqual(ids(queue.take(now).items), [3, 4, 5]);
    assert.equal(queue.frames, 2);
  });

  it('lets a frame beside another wait for company, and the first for none', () => {
    const limits = { queueRowsMax: 10, frameRowsMax: 4, framesMax: 2 };
    const queue = new NaturalBatcher<Item>({ ...limits, companyRows: 3, companyMs: 5 });
    queue.offer(item(1));
    assert.deepEqual(ids(queue.take(monotonicMs(100)).items), [1]);
    assert.equal(queue.companyMs(monotonicMs(101)), undefined);
    queue.offer(item(2));
    assert.equal(queue.companyMs(monotonicMs(101)), 4);
    assert.deepEqual(queue.take(monotonicMs(104)).items, []);
    assert.deepEqual(ids(queue.take(monotonicMs(105)).items), [2]);
    queue.settle();
    for (const id of [3, 4, 5]) queue.offer(item(id));
    assert.deepEqual(ids(queue.take(monotonicMs(106)).items), [3, 4, 5]);
    queue.settle();
    queue.settle();
    queue.offer(item(6));
    assert.deepEqual(ids(queue.take(monotonicMs(106)).items), [6]);
  });

  it('fills a frame up to its rows, and sends an item of more rows alone', () => {
    const queue = batcher({});
    for (const [id, rows] of [
      [1, 3],
      [2, 1],
      [3, 1],
      [4, 5],
    ] as const) {
      assert.ok(queue.offer(item(id, rows)));
    }
    assert.deepEqual(ids(queue.take(now).items), [1, 2]);
    assert.deepEqual(ids(queue.take(now).items), [3]);
    queue.settle();
    assert.deepEqual(ids(queue.take(now).items), [4]);
  });

  it('refuses what does not fit, by rows', () => {
    const queue = batcher({ queueRowsMax: 4 });
    assert.equal(queue.offer(item(1, 3)), true);
    assert.equal(queue.offer(item(2, 2)), false);
    assert.equal(queue.offer(item(3, 1)), true);
    assert.equal(queue.queueRows, 4);
  });

  it('drops what is late, and takes no frame when nothing is left', () => {
    const queue = batcher({});
    queue.offer(item(1, 1, 5));
    queue.offer(item(2, 1, 6));
    const { items, expired } = queue.take(monotonicMs(6));
    assert.deepEqual([ids(items), ids(expired)], [[], [1, 2]]);
    assert.equal(queue.frames, 0);
    assert.equal(queue.queueRows, 0);
  });

  it('lets go of what waits too long while no frame can go', () => {
    const queue = batcher({ framesMax: 1, queueRowsMax: 5 });
    queue.offer(item(1));
    queue.take(now);
    queue.offer(item(2, 2, 5));
    queue.offer(item(3, 1, 9));
    queue.offer(item(4, 2, 6));
    assert.equal(queue.offer(item(5)), false);
    queue.dropExpired(monotonicMs(6));
    assert.equal(queue.queueRows, 1);
    queue.settle();
    assert.deepEqual(ids(queue.take(monotonicMs(6)).items), [3]);
  });

  it('gives back what waits when its stream is gone', () => {
    const queue = batcher({});
    queue.offer(item(1));
    queue.take(now);
    queue.offer(item(2));
    assert.deepEqual(ids(queue.reset()), [2]);
    assert.deepEqual([queue.frames, queue.queueRows], [0, 0]);
  });

  it('loses nothing, keeps the order and never exceeds its limits', () => {
    const step = fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constantFrom('take', 'settle'));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queue = batcher({});
        const offered: number[] = [];
        const taken: number[] = [];
        const act = {
          take: () => {
            const { items } = queue.take(now);
            assert.ok(items.reduce((rows, next) => rows + next.rows, 0) <= 4);
            taken.push(...ids(items));
          },
          settle: () => queue.frames > 0 && queue.settle(),
        };
        for (const [id, each] of steps.entries()) {
          if (each === 'take' || each === 'settle') act[each]();
          else if (queue.offer(item(id, Number(each)))) offered.push(id);
          assert.ok(queue.queueRows <= 10 && queue.frames <= 2);
        }
        assert.deepEqual([...taken, ...ids(queue.reset())], offered);
      }),
    );
  });
});
