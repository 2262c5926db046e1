import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
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

  it('holds what a Map holds, in its order, whatever comes and goes', () => {
    const step = fc.tuple(fc.nat(2), fc.nat(40));
    fc.assert(
      fc.property(fc.array(step, { minLength: 300, maxLength: 900 }), (steps) => {
        const map = new BriefMap<number, number>();
        const plain = new Map<number, number>();
        for (const [at, [kind, key]] of steps.entries()) {
          if (kind === 0) assert.equal(map.delete(key), plain.delete(key));
          else {
            map.set(key, at);
            plain.set(key, at);
          }
          assert.equal(map.get(key), plain.get(key));
          assert.equal(map.size, plain.size);
        }
        assert.deepEqual([...map.values()], [...plain.values()]);
        const pairs: [number, number][] = [];
        map.forEach((value, key) => {
          pairs.push([key, value]);
        });
        assert.deepEqual(pairs, [...plain]);
      }),
    );
  });

  it('keeps nothing alive that has left, not even its keys', async () => {
    const map = new BriefMap<number, readonly number[]>();
    let key = 0;
    const bytes = await promotedBytes((load) => {
      map.set(key, load);
      map.delete(key - 8);
      key += 1;
    });
    assert.ok(bytes < 2_000_000, `${bytes} bytes outlived their time`);
    const named = new BriefMap<string, number>();
    const nameOf = (at: number) => `${'a name of a thousand letters '.repeat(36)}${at}`;
    named.set('one that stays', 0);
    const keyBytes = await promotedBytes(() => {
      named.set(nameOf(key), key);
      named.delete(nameOf(key - 8));
      key += 1;
    });
    assert.ok(keyBytes < 2_000_000, `${keyBytes} bytes of keys outlived their time`);
  });
});
