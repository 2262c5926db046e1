import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LedgerSlots } from './ledger-slots.ts';

const slotsMax = 5;
const routerIds = fc
  .tuple(fc.constantFrom('aa', 'ab', ''), fc.constantFrom(0, 1, 2, 3, 16 ** 7, 2 ** 48 - 1))
  .map(([router, sequence]) => `${router}-${sequence.toString(16).padStart(12, '0')}`);
// What no router makes is told apart all the same, also where it is a part of what one makes.
const otherIds = fc.constantFrom('', 'a', 'aa-', 'aa-00000000000A', '000000000001', 'ab');

describe('LedgerSlots', () => {
  it('gives each of the last ids a slot of its own, and that of the oldest to the next', () => {
    const property = fc.property(fc.array(fc.oneof(routerIds, otherIds)), (ids) => {
      const slots = new LedgerSlots(slotsMax);
      const held = new Map<string, number>();
      for (const id of ids) {
        assert.equal(slots.find(id), held.get(id));
        if (held.has(id)) continue;
        const left: number[] = [];
        const slot = slots.take(id, (one) => left.push(one));
        const [oldest] = held;
        if (held.size === slotsMax && oldest !== undefined) {
          assert.deepEqual([left, slot], [[oldest[1]], oldest[1]]);
          held.delete(oldest[0]);
        } else assert.deepEqual(left, []);
        held.set(id, slot);
        assert.equal(new Set(held.values()).size, held.size);
      }
      for (const [id, slot] of held) assert.equal(slots.find(id), slot);
    });
    fc.assert(property, { seed: 3, numRuns: 300 });
  });
});
