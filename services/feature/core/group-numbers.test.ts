import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { GroupNumbers } from './group-numbers.ts';

const seed = 20_261_124;
const noCode = 0xffff_ffff;

/** Key columns: how many codes each has, entities that are asked for, and events; some of their codes are unknown ones. */
const cases = fc
  .array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 })
  .chain((sizes) => {
    const key = fc.tuple(...sizes.map((size) => fc.oneof(fc.nat(size), fc.constant(noCode))));
    return fc.record({
      sizes: fc.constant(sizes),
      asked: fc.array(key, { maxLength: 30 }),
      events: fc.array(key, { maxLength: 60 }),
    });
  });

function columns(keys: readonly (readonly number[])[], parts: number): readonly Uint32Array[] {
  return Array.from({ length: parts }, (_, part) =>
    Uint32Array.from(keys, (key) => key[part] ?? 0),
  );
}

/** What it has to give: numbers by the text of a key, in the order in which they come. */
function expected(
  sizes: readonly number[],
  asked: readonly (readonly number[])[],
  events: readonly (readonly number[])[],
) {
  const names = new Map<string, number>();
  const nameOf = (key: readonly number[]) =>
    key.map((code, part) => (code < (sizes[part] ?? 0) ? code : 'other')).join();
  const numbers = asked.map((key) => {
    const name = nameOf(key);
    names.set(name, names.get(name) ?? names.size);
    return names.get(name);
  });
  const found = events.flatMap((key, row) => {
    const name = nameOf(key);
    const number = name.includes('other') ? undefined : names.get(name);
    return number === undefined ? [] : [[row, number]];
  });
  return { numbers, found, size: names.size };
}

function check(
  sizes: readonly number[],
  asked: readonly (readonly number[])[],
  events: readonly (readonly number[])[],
): void {
  const groups = new GroupNumbers(sizes);
  const askedColumns = columns(asked, sizes.length);
  const numbers = asked.map((_, row) => groups.add(askedColumns, row));
  const { rows, numbers: ofRows } = groups.find(columns(events, sizes.length), events.length, 1);
  const found = [...rows].map((row, index) => [row, ofRows[index]]);
  assert.deepEqual({ numbers, found, size: groups.size }, expected(sizes, asked, events));
}

describe('GroupNumbers', () => {
  it('numbers entities as they come, and finds those of events by all parts of their keys', () => {
    const property = fc.property(cases, ({ sizes, asked, events }) => check(sizes, asked, events));
    fc.assert(property, { seed, numRuns: 2_000 });
  });

  it('does so too where there are more entities than one array tells apart', () => {
    const property = fc.property(cases, ({ sizes, asked, events }) => {
      const wide = [...sizes, 20_000_000];
      const longer = (keys: readonly (readonly number[])[]) =>
        keys.map((key, row) => [...key, row % 3 === 0 ? 19_999_999 : 7]);
      check(wide, longer(asked), longer(events));
    });
    fc.assert(property, { seed, numRuns: 1_000 });
  });

  it('finds rows of more than one block', () => {
    const events = Array.from({ length: 10_000 }, (_, row) => [row % 5, row % 7]);
    check(
      [5, 7],
      [
        [1, 2],
        [4, 4],
        [noCode, 2],
      ],
      events,
    );
  });
});
