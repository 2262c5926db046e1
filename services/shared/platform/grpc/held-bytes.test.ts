import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HeldBytes } from './held-bytes.ts';

describe('HeldBytes', () => {
  it('gives the bytes in their order, and changes none that it gave', () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ push: fc.integer({ min: 0, max: 3_000 }) }),
        fc.record({ drop: fc.nat(2_000) }),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (all) => {
        const held = new HeldBytes();
        const given: { readonly bytes: Buffer; readonly from: number }[] = [];
        let [pushed, dropped] = [0, 0];
        for (const step of all) {
          if ('push' in step) {
            held.push(
              Buffer.from(Array.from({ length: step.push }, (_, at) => (pushed + at) % 251)),
            );
            pushed += step.push;
          } else {
            const bytes = held.peek().subarray(0, step.drop);
            given.push({ bytes, from: dropped });
            held.drop(bytes.length);
            dropped += bytes.length;
          }
          assert.equal(held.length, pushed - dropped);
          assert.equal(held.peek().length > 0, pushed > dropped);
        }
        for (const { bytes, from } of given) {
          assert.ok(bytes.every((byte, at) => byte === (from + at) % 251));
        }
      }),
      { seed: 7 },
    );
  });
  it('keeps no piece, and little more than what it holds', () => {
    const held = new HeldBytes();
    const piece = Buffer.alloc(8, 1);
    held.push(piece);
    piece.fill(2);
    assert.deepEqual(
      [...held.peek()],
      Array.from({ length: 8 }, () => 1),
    );
    const large = Buffer.alloc(200_000);
    held.push(large);
    held.drop(held.peek().length);
    assert.equal(held.peek().buffer.byteLength < 210_000, true);
    held.clear();
    assert.equal(held.length, 0);
  });
});
