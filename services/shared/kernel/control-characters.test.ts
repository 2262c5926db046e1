import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hasControlCharacters, withoutControlCharacters } from './control-characters.ts';

describe('control characters', () => {
  it('are found, and nothing else is taken for one', () => {
    for (const text of ['\u0000', 'a\nb', '\u001b[2J', 'tab\t', '\u007f', '\u0085']) {
      assert.ok(hasControlCharacters(text), JSON.stringify(text));
    }
    for (const text of ['', ' a b ', 'ü 訓練 🚂', '\u200d']) assert.ok(!hasControlCharacters(text));
  });
  it('are written as their codes, but for line breaks', () => {
    assert.equal(
      withoutControlCharacters('a\u001b[2J\r\nü\u0000🚂\u009b'),
      'a\\x1b[2J\\x0d\nü\\x00🚂\\x9b',
    );
  });
});
