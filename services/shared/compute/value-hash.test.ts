import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hashText, valueHashes } from './value-hash.ts';

const hashOf = (values: readonly number[], statuses: readonly number[]) =>
  hashText(valueHashes(1, Float64Array.from(values), Uint8Array.from(statuses)), 0);

const mask = 0xffffffffn;
const rotated = (value: bigint, by: bigint) => ((value << by) | (value >> (32n - by))) & mask;

/** The same hash by its definition, in BigInt: nothing can overflow or be signed. */
function plainHash(values: readonly number[], statuses: readonly number[]): string {
  const words = [...new Uint32Array(Float64Array.from(values).buffer)];
  for (let column = 0; column < statuses.length; column += 4) {
    const word = statuses.slice(column, column + 4).reduceRight((sum, byte) => sum * 256 + byte, 0);
    words.push(word, column);
  }
  let first = BigInt(statuses.length);
  let second = mask - first;
  const lane = (
    hash: bigint,
    word: number,
    c: readonly [bigint, bigint, bigint, bigint, bigint],
  ) => {
    const key = (rotated((BigInt(word) * c[0]) & mask, c[1]) * c[2]) & mask;
    return (rotated(hash ^ key, c[3]) * 5n + c[4]) & mask;
  };
  for (let at = 0; at < words.length; at += 2) {
    const low = lane(first, words[at] ?? 0, [0x239b961bn, 15n, 0xab0e9789n, 19n, 0x561ccd1bn]);
    first = (low + second) & mask;
    const high = lane(second, words[at + 1] ?? 0, [
      0xab0e9789n,
      16n,
      0x38b34ae5n,
      17n,
      0x0bcaa747n,
    ]);
    second = (high + first) & mask;
  }
  const finished = (hash: bigint) => {
    const once = ((hash ^ (hash >> 16n)) * 0x85ebca6bn) & mask;
    const twice = ((once ^ (once >> 13n)) * 0xc2b2ae35n) & mask;
    return twice ^ (twice >> 16n);
  };
  first = finished((first + second) & mask);
  second = finished((second + first) & mask);
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(Number((first + second) & mask), 0);
  bytes.writeUInt32LE(Number(second), 4);
  return bytes.toString('hex');
}

describe('valueHashes', () => {
  // Made by plainHash: they must never change, since answers that were given carry them.
  it('gives the hashes that answers were stamped with', () => {
    assert.equal(hashOf([], []), plainHash([], []));
    assert.equal(hashOf([0], [0]), '35c4f9cab0a20d30');
    assert.equal(hashOf([1.5, -2, 0.1], [0, 1, 2]), 'b2c610a1a9e04470');
  });

  it('is what its definition says in BigInt', () => {
    const row = fc
      .array(fc.record({ value: fc.double(), status: fc.integer({ min: 0, max: 255 }) }), {
        maxLength: 20,
      })
      .map(
        (cells) => [cells.map(({ value }) => value), cells.map(({ status }) => status)] as const,
      );
    fc.assert(
      fc.property(row, ([values, statuses]) => {
        assert.equal(hashOf(values, statuses), plainHash(values, statuses));
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it('hashes each row by itself', () => {
    const values = Float64Array.of(1, 2, 3, 4, 5, 6);
    const statuses = Uint8Array.of(0, 0, 0, 1, 2, 3);
    const hashes = valueHashes(2, values, statuses);
    assert.equal(hashText(hashes, 0), hashOf([1, 2, 3], [0, 0, 0]));
    assert.equal(hashText(hashes, 1), hashOf([4, 5, 6], [1, 2, 3]));
    assert.equal(valueHashes(0, new Float64Array(0), new Uint8Array(0)).length, 0);
  });

  it('is another one after any bit of a value or status was flipped, and for any two flipped bits', () => {
    const columns = 5;
    const values = Float64Array.of(0, 1, -0, 0.1, 1e308);
    const statuses = Uint8Array.of(0, 1, 2, 3, 4);
    const bytes = Buffer.concat([Buffer.from(values.buffer), Buffer.from(statuses)]);
    const seen = new Set([hashText(valueHashes(1, values, statuses), 0)]);
    const flip = (bit: number) => {
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    };
    const hash = () =>
      hashText(
        valueHashes(
          1,
          new Float64Array(Uint8Array.from(bytes.subarray(0, columns * 8)).buffer),
          Uint8Array.from(bytes.subarray(columns * 8)),
        ),
        0,
      );
    const bits = bytes.length * 8;
    let expected = 1;
    for (let one = 0; one < bits; one += 1) {
      flip(one);
      for (let other = one; other < bits; other += 1) {
        if (other !== one) flip(other);
        seen.add(hash());
        expected += 1;
        if (other !== one) flip(other);
      }
      flip(one);
    }
    assert.equal(seen.size, expected);
  });

  it('tells values that are near each other apart, in either half', () => {
    const halves = [new Set<string>(), new Set<string>()];
    const rows = 20_000;
    const values = new Float64Array(rows);
    const bits = new BigUint64Array(values.buffer);
    bits.forEach((_, row) => {
      bits[row] = 0x3ff0000000000000n + BigInt(row);
    });
    const hashes = valueHashes(rows, values, new Uint8Array(rows));
    for (let row = 0; row < rows; row += 1) {
      const text = hashText(hashes, row);
      halves[0]?.add(text.slice(0, 8));
      halves[1]?.add(text.slice(8));
    }
    // 20,000 of 2^32: one pair in twenty such sets would meet by chance.
    for (const half of halves) assert.ok(half.size >= rows - 2, `${half.size}`);
  });
});
