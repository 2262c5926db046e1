import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { framed } from '../../../../test/support/framed.ts';
import { MessageAssembly } from './message-assembly.ts';

type CopyArguments = Parameters<typeof Buffer.prototype.copy>;

describe('MessageAssembly', () => {
  it('gives the message that was framed, however it was cut', () => {
    const message = fc.uint8Array({ maxLength: 300 });
    const cuts = fc.array(fc.nat(320), { maxLength: 12 });
    fc.assert(
      fc.property(message, cuts, (bytes, at) => {
        const frame = framed(bytes);
        const ends = [...at.filter((cut) => cut < frame.length), frame.length].sort(
          (a, b) => a - b,
        );
        const assembly = new MessageAssembly(1_000);
        let state = assembly.push(Buffer.alloc(0));
        let from = 0;
        for (const end of ends) {
          state = assembly.push(frame.subarray(from, end));
          from = end;
        }
        assert(state.kind === 'whole');
        assert.deepEqual(new Uint8Array(state.message), bytes);
      }),
      { seed: 5 },
    );
  });
  it('gives a message that comes in one piece as a view of it', () => {
    const frame = framed(Uint8Array.of(1, 2, 3));
    const state = new MessageAssembly(9).push(frame);
    assert(state.kind === 'whole');
    assert.equal(state.message.buffer, frame.buffer);
  });
  it('copies each byte less than twice, whatever the first piece is and however small the others are', ({
    mock,
  }) => {
    const frame = framed(new Uint8Array(100_000).fill(7));
    const stock = Buffer.prototype.copy;
    let copiedBytes = 0;
    mock.method(Buffer.prototype, 'copy', function (this: Buffer, ...given: CopyArguments) {
      const bytes = stock.apply(this, given);
      copiedBytes += bytes;
      return bytes;
    });
    const concat = mock.method(Buffer, 'concat');
    for (const firstBytes of [1, 4, 5, 6, 30_000]) {
      copiedBytes = 0;
      const assembly = new MessageAssembly(frame.length);
      let state = assembly.push(frame.subarray(0, firstBytes));
      for (let from = firstBytes; from < frame.length; from += 10) {
        state = assembly.push(frame.subarray(from, from + 10));
      }
      assert(state.kind === 'whole');
      assert.ok(state.message.every((byte) => byte === 7));
      assert.ok(copiedBytes >= 100_000 && copiedBytes < 200_000, `${copiedBytes} bytes`);
    }
    assert.equal(concat.mock.callCount(), 0);
  });
  it('refuses a second message, before and after the first is whole', () => {
    const two = Buffer.concat([framed(Uint8Array.of(1)), framed(Uint8Array.of(2))]);
    assert.equal(new MessageAssembly(9).push(two).kind, 'excess');
    const assembly = new MessageAssembly(9);
    assert.equal(assembly.push(two.subarray(0, 6)).kind, 'whole');
    assert.equal(assembly.push(two.subarray(6)).kind, 'excess');
  });
  it('refuses more bytes than the message has, while it is put together', () => {
    const frame = framed(new Uint8Array(100));
    const assembly = new MessageAssembly(100);
    assert.equal(assembly.push(frame.subarray(0, 60)).kind, 'open');
    assert.equal(assembly.push(Buffer.alloc(46)).kind, 'excess');
  });
  it('takes a message of the limit and none above it, by what its prefix says', () => {
    assert.equal(new MessageAssembly(8).push(framed(new Uint8Array(8))).kind, 'whole');
    const refused = new MessageAssembly(8).push(framed(new Uint8Array(9)).subarray(0, 5));
    assert.deepEqual(refused, { kind: 'too-large', bytes: 9 });
  });
  it('refuses what is compressed', () =>
    assert.equal(new MessageAssembly(8).push(Buffer.of(1, 0, 0, 0, 0)).kind, 'compressed'));
});
