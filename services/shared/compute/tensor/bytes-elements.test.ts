import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  countBytesElements,
  decodeBytesElements,
  type ElementFault,
  elementEnds,
  encodeBytesElements,
  firstTextFault,
} from './bytes-elements.ts';

/** Does as firstTextFault, with an object for each element. */
function firstFaultPlainly(bytes: Uint8Array): ElementFault | undefined {
  for (const [index, element] of decodeBytesElements('s', bytes).entries()) {
    if (!isUtf8(element)) return { index, fault: 'utf8' };
    if (element.includes(0)) return { index, fault: 'nul' };
  }
  return undefined;
}

const text = fc.string({ unit: 'binary', maxLength: 12 }).map((each) => Buffer.from(each));
const withNul = text.map((each) => Buffer.concat([each, Buffer.from('\0b')]));
// Leads, continuations and their neighbours: random bytes hardly ever come near a whole character.
const edges = [
  0, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee,
  0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff,
];
const odd = fc.array(fc.constantFrom(...edges), { maxLength: 4 }).map((each) => Buffer.from(each));
const long = fc
  .tuple(fc.constantFrom('x', 'é'), fc.nat(300), odd)
  .map(([unit, count, end]) => Buffer.concat([Buffer.from(unit.repeat(count)), end]));

describe('firstTextFault', () => {
  it('finds what a check of each element by itself finds', () => {
    const seen = { sound: 0, utf8: 0, nul: 0 };
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ arbitrary: text, weight: 9 }, withNul, odd, long), { maxLength: 4 }),
        (elements) => {
          const bytes = encodeBytesElements(elements);
          const wanted = firstFaultPlainly(bytes);
          seen[wanted?.fault ?? 'sound'] += 1;
          assert.deepEqual(firstTextFault('s', bytes), wanted);
        },
      ),
      { seed: 11, numRuns: 3_000 },
    );
    assert.ok(Math.min(...Object.values(seen)) > 100, JSON.stringify(seen));
  });

  it('agrees with Node on every pair and on the edges of three and four bytes', () => {
    const check = (element: Uint8Array) => {
      const fault = firstTextFault('s', encodeBytesElements([element]))?.fault;
      assert.equal(fault === 'utf8', !isUtf8(element), Buffer.from(element).toString('hex'));
    };
    for (let pair = 0; pair < 0x1_00_00; pair += 1) check(Uint8Array.of(pair >> 8, pair & 0xff));
    for (const lead of edges) {
      for (const second of edges) {
        for (const third of edges) {
          check(Uint8Array.of(lead, second, third));
          check(Uint8Array.of(lead, second, third, 0x80));
          check(Uint8Array.of(lead, second, third, 0x41));
        }
      }
    }
  });

  it('refuses a length that goes beyond the end, as the others do', () => {
    const bytes = encodeBytesElements([Buffer.from('a'), Buffer.from('abc')]).subarray(0, 11);
    const refused = {
      code: 'INVALID_ARGUMENT',
      reason: 'TENSOR_SIZE',
      message: /^element 1 of s goes beyond the end of its 11 bytes/,
    };
    for (const walk of [firstTextFault, countBytesElements, elementEnds, decodeBytesElements]) {
      assert.throws(() => walk('s', bytes), refused);
    }
  });
});

describe('countBytesElements', () => {
  it('counts as many as are decoded, also from the middle of a buffer', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 9 })), (elements) => {
        const bytes = Buffer.concat([Buffer.of(1), encodeBytesElements(elements)]).subarray(1);
        assert.equal(countBytesElements('s', bytes), elements.length);
        assert.equal(elementEnds('s', bytes).length, elements.length);
      }),
      { seed: 12 },
    );
  });

  it('walks four million empty elements without an object for each', () => {
    const bytes = new Uint8Array(16 * 1024 * 1024);
    const before = process.memoryUsage().heapUsed;
    assert.equal(countBytesElements('s', bytes), 4 * 1024 * 1024);
    assert.equal(firstTextFault('s', bytes), undefined);
    const heapBytes = process.memoryUsage().heapUsed - before;
    assert.ok(heapBytes < 4 * 1024 * 1024, `${heapBytes} bytes`);
  });
});
