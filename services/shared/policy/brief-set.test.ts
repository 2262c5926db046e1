import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { promotedBytes } from '../../../test/support/promoted-bytes.ts';
import { BriefSet } from './brief-set.ts';

interface Item {
  readonly name: string;
  seat: number;
}

const itemOf = (name: string): Item => ({ name, seat: -1 });

function setOf(names: string): { readonly set: BriefSet<Item>; readonly items: readonly Item[] } {
  const set = new BriefSet<Item>();
  const items = [...names].map(itemOf);
  for (const item of items) set.add(item);
  return { set, items };
}

const namesIn = (set: BriefSet<Item>): string =>
  [...set]
    .map(({ name }) => name)
    .sort()
    .join('');

describe('BriefSet', () => {
  it('holds what was added and not let go', () => {
    const { set, items } = setOf('abcde');
    const [a, , c, , e] = items;
    assert.ok(a !== undefined && c !== undefined && e !== undefined);
    assert.ok(set.delete(a) && set.delete(e) && set.delete(c));
    assert.equal(namesIn(set), 'bd');
    assert.equal(set.size, 2);
    set.add(a);
    assert.equal(namesIn(set), 'abd');
  });

  it('lets go only what it holds', () => {
    const { set, items } = setOf('ab');
    const { set: other } = setOf('cd');
    const [a] = items;
    assert.ok(a !== undefined);
    assert.equal(other.delete(a), false);
    assert.equal(other.delete(itemOf('e')), false);
    assert.ok(set.delete(a));
    assert.equal(set.delete(a), false);
    assert.equal(namesIn(set), 'b');
    assert.equal(namesIn(other), 'cd');
  });

  it('gives all of them while each that is given is let go', () => {
    const { set } = setOf('abcde');
    const given: string[] = [];
    for (const item of set) {
      given.push(item.name);
      set.delete(item);
    }
    assert.equal(given.sort().join(''), 'abcde');
    assert.equal(set.size, 0);
  });

  it('lets all go at once', () => {
    const { set, items } = setOf('abc');
    assert.deepEqual(set.clear(), items);
    assert.equal(set.size, 0);
    assert.ok(items.every(({ seat }) => seat === -1));
  });

  it('keeps nothing alive that has left', async () => {
    const set = new BriefSet<Item & { readonly load: readonly number[] }>();
    const held: (Item & { readonly load: readonly number[] })[] = [];
    const bytes = await promotedBytes((load) => {
      const item = { name: '', seat: -1, load };
      set.add(item);
      held.push(item);
      if (held.length > 8) set.delete(held.shift() ?? item);
    });
    assert.ok(bytes < 2_000_000, `${bytes} bytes outlived their time`);
  });
});
