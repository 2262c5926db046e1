import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { framed } from '../../../../test/support/framed.ts';
import { MessageReader } from './message-reader.ts';

function reading(bytesMax: number): { readonly reader: MessageReader; readonly got: Buffer[] } {
  const got: Buffer[] = [];
  return { reader: new MessageReader(bytesMax, (message) => got.push(message)), got };
}

describe('MessageReader', () => {
  it('gives the messages that were framed, however they were cut', () => {
    const messages = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 });
    const cuts = fc.array(fc.nat(360), { maxLength: 20 });
    fc.assert(
      fc.property(messages, cuts, (wanted, at) => {
        const whole = Buffer.concat(wanted.map((message) => framed(message)));
        const ends = [...at.filter((cut) => cut < whole.length), whole.length];
        const { reader, got } = reading(40);
        let from = 0;
        for (const end of ends.sort((a, b) => a - b)) {
          assert.equal(reader.push(whole.subarray(from, end)), undefined);
          from = end;
        }
        assert.deepEqual(
          got.map((message) => new Uint8Array(message)),
          wanted,
        );
        assert.equal(reader.isAmid, false);
      }),
      { seed: 7 },
    );
  });
  it('gives messages that come in one piece as views of it', () => {
    const piece = Buffer.concat([framed(Uint8Array.of(1)), framed(Uint8Array.of(2, 3))]);
    const { reader, got } = reading(9);
    reader.push(piece);
    assert.deepEqual(
      got.map(({ buffer, length }) => [buffer === piece.buffer, length]),
      [
        [true, 1],
        [true, 2],
      ],
    );
  });
  it('says when a message is not whole', () => {
    const { reader, got } = reading(9);
    reader.push(framed(Uint8Array.of(1, 2, 3)).subarray(0, 7));
    assert.equal(reader.isAmid, true);
    assert.equal(got.length, 0);
  });
  it('takes a message of the limit, and says once that one is larger, whole or not', () => {
    for (const cut of [5, 14]) {
      const { reader, got } = reading(8);
      assert.equal(reader.push(framed(new Uint8Array(8))), undefined);
      assert.deepEqual(reader.push(framed(new Uint8Array(9)).subarray(0, cut)), {
        kind: 'too-large',
        bytes: 9,
      });
      assert.equal(reader.push(framed(new Uint8Array(1))), undefined);
      assert.equal(got.length, 1);
    }
  });
  it('refuses what is compressed, after what came before it', () => {
    const { reader, got } = reading(8);
    const piece = Buffer.concat([framed(Uint8Array.of(1)), Buffer.of(1, 0, 0, 0, 0)]);
    assert.deepEqual(reader.push(piece), { kind: 'compressed' });
    assert.equal(got.length, 1);
  });
  it('gives nothing more once it is stopped, within a piece too', () => {
    const got: Buffer[] = [];
    const reader = new MessageReader(8, (message) => {
      got.push(message);
      reader.stop();
    });
    reader.push(Buffer.concat([framed(Uint8Array.of(1)), framed(Uint8Array.of(2))]));
    assert.equal(got.length, 1);
  });
  it('gives all messages in their order, wherever it was paused', () => {
    const messages = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 });
    const pauses = fc.array(fc.boolean(), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(messages, pauses, fc.integer({ min: 1, max: 60 }), (wanted, paused, bytes) => {
        const got: Uint8Array[] = [];
        const reader = new MessageReader(40, (message) => {
          if (paused[got.length] === true) reader.pause();
          got.push(new Uint8Array(message));
        });
        const whole = Buffer.concat(wanted.map((message) => framed(message)));
        for (let from = 0; from < whole.length; from += bytes) {
          reader.push(Buffer.from(whole.subarray(from, from + bytes)));
        }
        while (reader.heldBytes > 0) {
          const before = got.length;
          reader.resume();
          assert.ok(got.length > before || reader.heldBytes === 0);
        }
        assert.deepEqual(got, wanted);
      }),
      { seed: 7 },
    );
  });
  it('goes on within a piece where it is resumed at once', () => {
    const got: Buffer[] = [];
    const reader = new MessageReader(8, (message) => {
      got.push(message);
      reader.pause();
      reader.resume();
    });
    reader.push(Buffer.concat([framed(Uint8Array.of(1)), framed(Uint8Array.of(2))]));
    assert.equal(got.length, 2);
    assert.equal(reader.heldBytes, 0);
  });
  it('says of what it held too that it can not be read on', () => {
    const { reader } = reading(8);
    reader.pause();
    assert.equal(reader.push(Buffer.of(1, 0, 0, 0, 0)), undefined);
    assert.equal(reader.heldBytes, 5);
    assert.deepEqual(reader.resume(), { kind: 'compressed' });
    assert.equal(reader.heldBytes, 0);
  });
});
