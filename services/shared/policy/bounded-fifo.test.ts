import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BoundedFifo } from './bounded-fifo.ts';

describe('bounded fifo', () => {
  it('does as an array with a limit does', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer()), { maxLength: 80 }), (steps) => {
        const fifo = new BoundedFifo<number>(5);
        const oracle: number[] = [];
        for (const value of steps) {
          if (value === null) assert.equal(fifo.shift(), oracle.shift());
          else {
            assert.equal(fifo.push(value), oracle.length < 5);
            if (oracle.length < 5) oracle.push(value);
          }
          assert.equal(fifo.size, oracle.length);
          assert.equal(fifo.peek(), oracle[0]);
        }
        assert.deepEqual(fifo.clear(), oracle);
        assert.equal(fifo.size, 0);
      }),
    );
  });
});
