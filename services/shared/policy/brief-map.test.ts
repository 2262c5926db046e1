import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { promotedBytes } from '../../../test/support/promoted-bytes.ts';
import { BriefMap } from './brief-map.ts';

describe('BriefMap', () => {
  it('holds one value a key, in the order that the keys came in', () => {
    const map = new BriefMap<string, number>();
    map.set('a', 1);
    map.set('b', 2);
    map.set('a', 3);
    assert.deepEqual([...map.values()], [3, 2]);
    assert.equal(map.get('a'), 3);
    assert.equal(map.get('c'), undefined);
    assert.equal(map.delete('a'), true);
    assert.equal(map.delete('a'), false);
    assert.equal(map.size, 1);
    map.clear();
    assert.equal(map.size, 0);
    assert.deepEqual([...map.values()], []);
  });

  it('gives all of them while each that is given is let go', () => {
    const map = new BriefMap<number, number>();
    for (const key of [1, 2, 3]) map.set(key, key);
    const given: number[] = [];
    map.forEach((value, key) => {
      given.push(value * 10 + key);
    });
    for (const value of map.values()) {
      given.push(value);
      map.delete(value);
    }
    assert.deepEqual(given, [11, 22, 33, 1, 2, 3]);
  });

  it('keeps nothing alive that has left', async () => {
    const map = new BriefMap<number, readonly number[]>();
    let key = 0;
    const bytes = await promotedBytes((load) => {
      map.set(key, load);
      map.delete(key - 8);
      key += 1;
    });
    assert.ok(bytes < 2_000_000, `${bytes} bytes outlived their time`);
  });
});
