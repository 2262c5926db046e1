import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { entityKey } from '../../shared/compute/plan.ts';
import { EntityHandles } from './entity-handles.ts';
import type { EntityHandle } from './entity-table.ts';
import { nullCode, type TextColumn } from './event-table.ts';

function setUp() {
  const made: EntityHandle[] = [];
  const handles = new EntityHandles((key) => {
    const handle = { key, entry: undefined };
    made.push(handle);
    return handle;
  });
  return { handles, made };
}

/** A column whose missing texts are null, and whose dictionary holds its texts in the order of their last appearance, so that batches differ in their codes. */
function column(texts: readonly (string | undefined)[]): TextColumn {
  const dictionary = [...new Set(texts.toReversed().filter((text) => text !== undefined))];
  const codeOf = new Map(dictionary.map((text, code) => [text, code]));
  return {
    dictionary,
    codes: Uint32Array.from(texts, (text) => codeOf.get(text ?? '') ?? nullCode),
  };
}

const keysOf = (found: readonly (EntityHandle | undefined)[]) => found.map((handle) => handle?.key);

describe('EntityHandles', () => {
  it('gives one entity one handle, whatever the codes of its keys in a batch', () => {
    const { handles, made } = setUp();
    const first = handles.of([column(['a', 'b', 'a']), column(['x', 'x', 'y'])], 3);
    const second = handles.of([column(['b', 'c', 'a']), column(['x', 'x', 'y'])], 3);
    assert.deepEqual(
      keysOf(first),
      [
        ['a', 'x'],
        ['b', 'x'],
        ['a', 'y'],
      ].map(entityKey),
    );
    assert.deepEqual(
      keysOf(second),
      [
        ['b', 'x'],
        ['c', 'x'],
        ['a', 'y'],
      ].map(entityKey),
    );
    assert.equal(second[0], first[1]);
    assert.equal(second[2], first[2]);
    assert.equal(made.length, 4);
  });

  it('tells entities apart whose parts are swapped', () => {
    const { handles } = setUp();
    const [one, other] = handles.of([column(['a', 'b']), column(['b', 'a'])], 2);
    assert.notEqual(one, other);
  });

  it('goes on with new handles when it has been told to forget, or holds as many as it may', () => {
    const { handles, made } = setUp();
    const before = handles.of([column(['a'])], 1);
    handles.clear();
    assert.notEqual(handles.of([column(['a'])], 1)[0], before[0]);
    for (let batch = 0; batch < 20; batch += 1) {
      const texts = Array.from({ length: 4_096 }, (_, row) => `e${batch * 4_096 + row}`);
      assert.deepEqual(keysOf(handles.of([column(texts)], texts.length)), texts);
    }
    assert.equal(made.length, 2 + 20 * 4_096);
    assert.deepEqual(keysOf(handles.of([column(['a'])], 1)), ['a']);
    assert.equal(made.length, 2 + 20 * 4_096 + 1);
  });

  it('takes keys of more columns than a number holds', () => {
    const { handles, made } = setUp();
    const columns = [
      ['a', 'a', 'a'],
      ['b', 'b', 'b'],
      ['c', 'c', 'c'],
      ['d', 'e', 'd'],
    ].map(column);
    const found = handles.of(columns, 3);
    assert.deepEqual(
      keysOf(found),
      ['d', 'e', 'd'].map((last) => entityKey(['a', 'b', 'c', last])),
    );
    assert.equal(found[0], found[2]);
    assert.equal(made.length, 2);
  });

  it('gives none to an event that a part of its key is missing of', () => {
    const { handles } = setUp();
    const [first, second] = [
      ['a', undefined, 'b'],
      ['x', 'y', undefined],
    ].map(column);
    assert.ok(first !== undefined && second !== undefined);
    const wanted = [entityKey(['a', 'x']), undefined, undefined];
    assert.deepEqual(keysOf(handles.of([first, second], 3)), wanted);
    const wide = [first, second, first, first];
    assert.deepEqual(keysOf(handles.of(wide, 3)), [
      entityKey(['a', 'x', 'a', 'a']),
      undefined,
      undefined,
    ]);
  });
});
