import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hashOrder } from './hash-order.ts';

const seed = 20_261_124;

const hash = fc
  .uint8Array({ minLength: 5, maxLength: 5 })
  .map((bytes) => Buffer.from(bytes).toString('latin1'));

describe('hashOrder', () => {
  it('gives each index once, in the order of the first four bytes, then their own', () => {
    const property = fc.property(fc.array(hash), fc.nat(50), (made, copies) => {
      const hashes = [...made, ...made.slice(0, copies), '\xff\xff\xff\xff1', '\xff\xff\xff\xff0'];
      const beginning = (index: number) => hashes[index]?.slice(0, 4) ?? '';
      const wanted = hashes.map((_, index) => index);
      wanted.sort((left, right) =>
        beginning(left) === beginning(right)
          ? left - right
          : beginning(left) < beginning(right)
            ? -1
            : 1,
      );
      assert.deepEqual([...hashOrder(hashes)], wanted);
    });
    fc.assert(property, { seed, numRuns: 1_000 });
  });

  it('gives each index of more hashes than a number tells apart by four bytes', () => {
    const count = 2 ** 21 + 3;
    const beginnings = ['\xff\xff\xff\xff', '\0\0\0\0', '\x80\0\0\0'];
    const hashes = Array.from({ length: count }, (_, index) => beginnings[index % 3] ?? '');
    const order = hashOrder(hashes);
    const firsts = [1, 2, 0].map((first) => Math.floor((count - 1 - first) / 3) + 1);
    const [low = 0, middle = 0] = firsts;
    assert.deepEqual(
      [order[0], order[low - 1], order[low], order[low + middle - 1], order[low + middle]],
      [1, 3 * low - 2, 2, 3 * middle - 1, 0],
    );
    assert.equal(new Set(order).size, count);
  });
});
