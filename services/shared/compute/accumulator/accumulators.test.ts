import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';
import { ExactSum } from './exact-sum.ts';
import { Extremes } from './extremes.ts';
import { finishMean, finishStddev, finishVariance } from './finish.ts';
import { Moments } from './moments.ts';

/** What the laws need of an accumulator. */
interface Accumulator<A> {
  add(value: number): void;
  merge(other: A): void;
  encode(into: ByteWriter): void;
}

const wholeNumbers = fc.array(
  fc.oneof(fc.integer({ min: -1_000, max: 1_000 }), fc.maxSafeInteger()),
  { maxLength: 30 },
);

function lawsOf<A extends Accumulator<A>>(
  name: string,
  create: () => A,
  decode: (from: ByteReader) => A,
): void {
  const of = (values: readonly number[]): A => {
    const accumulator = create();
    for (const value of values) accumulator.add(value);
    return accumulator;
  };
  const merged = (left: A, right: A): A => {
    const sum = create();
    sum.merge(left);
    sum.merge(right);
    return sum;
  };
  const bytes = (accumulator: A): Uint8Array => {
    const writer = new ByteWriter();
    accumulator.encode(writer);
    return writer.toBytes();
  };
  const same = (left: A, right: A): void => assert.deepEqual(bytes(left), bytes(right));

  describe(name, () => {
    it('has an identity, is associative and commutative', () => {
      fc.assert(
        fc.property(wholeNumbers, wholeNumbers, wholeNumbers, (a, b, c) => {
          same(merged(of(a), create()), of(a));
          same(merged(of(a), of(b)), merged(of(b), of(a)));
          same(merged(merged(of(a), of(b)), of(c)), merged(of(a), merged(of(b), of(c))));
          same(merged(of(a), of(b)), of([...b, ...a]));
        }),
        { seed: 1 },
      );
    });

    it('decodes what it encodes', () => {
      fc.assert(
        fc.property(wholeNumbers, (values) => {
          const reader = new ByteReader(bytes(of(values)), name);
          same(decode(reader), of(values));
          reader.end();
        }),
        { seed: 2 },
      );
    });
  });
}

lawsOf('ExactSum', () => new ExactSum(), ExactSum.decode);
lawsOf('Moments', () => new Moments(), Moments.decode);
lawsOf('Extremes', () => new Extremes(), Extremes.decode);

describe('the groups', () => {
  it('take back what they took in', () => {
    fc.assert(
      fc.property(wholeNumbers, wholeNumbers, (kept, gone) => {
        const moments = new Moments();
        for (const value of [...gone, ...kept]) moments.add(value);
        for (const value of gone) moments.remove(value);
        const expected = new Moments();
        for (const value of kept) expected.add(value);
        assert.equal(moments.count, expected.count);
        assert.equal(moments.sum.toBigInt(), expected.sum.toBigInt());
        assert.equal(moments.squares.toBigInt(), expected.squares.toBigInt());
        moments.subtract(expected);
        assert.equal(moments.sum.toNumber(), 0);
        assert.equal(moments.squares.toNumber(), 0);
      }),
      { seed: 3 },
    );
  });

  it('lose nothing beyond 2^53', () => {
    const sum = new ExactSum();
    for (const value of [Number.MAX_SAFE_INTEGER, 1, 1, -Number.MAX_SAFE_INTEGER]) sum.add(value);
    assert.equal(sum.toNumber(), 2);
  });
});

describe('finish', () => {
  it('gives NaN where there is nothing to compute from', () => {
    assert.ok(Number.isNaN(finishMean(0, 0, 1)));
    assert.ok(Number.isNaN(finishVariance(1, 5, { squares: 25, unit: 1 })));
    assert.ok(Number.isNaN(finishStddev(0, 0, { squares: 0, unit: 1 })));
  });

  it('does not cancel: the variance of huge numbers that differ by one', () => {
    const moments = new Moments();
    for (const value of [2 ** 40, 2 ** 40 + 1]) moments.add(value);
    const { count, sum, squares } = moments;
    const variance = finishVariance(count, sum.toBigInt(), {
      squares: squares.toBigInt(),
      unit: 1,
    });
    assert.equal(variance, 0.5);
  });
});
