import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UsageError } from './exit-code.ts';
import {
  parseModel,
  parseVersionOrAlias,
  parseVersionPair,
  parseVersionRef,
} from './version-ref.ts';

/** Checks that a command line is refused with a message that shows what it was. */
function refuses(parse: () => unknown, shown: RegExp): void {
  assert.throws(parse, (error) => error instanceof UsageError && shown.test(error.message));
}

describe('a version of a model on a command line', () => {
  it('is model@version, or model and version', () => {
    const wanted = { model: 'flight-delay', version: 2 };
    assert.deepEqual(parseVersionRef('flight-delay@2', undefined), wanted);
    assert.deepEqual(parseVersionRef('flight-delay', '2'), wanted);
    assert.deepEqual(parseVersionRef('flight-delay@2', '2'), wanted);
  });
  it('is refused where it is none, with what came and what would be one', () => {
    for (const [text, which] of [
      ['flight-delay', undefined],
      ['flight-delay@', undefined],
      ['@2', undefined],
      ['flight-delay@2@3', undefined],
      ['flight-delay@0', undefined],
      ['flight-delay', '0'],
      ['flight-delay', '-1'],
      ['flight-delay', '1.5'],
      ['flight-delay', '1e3'],
      ['flight-delay@shadow', undefined],
      ['flight-delay', '99999999999'],
    ] as const) {
      refuses(() => parseVersionRef(text, which), /such as flight-delay@3.*got 'f?/);
    }
    refuses(() => parseVersionRef('m@2', '3'), /got two: '2' and '3'/);
  });
  it('may be an alias where one is shown, and is production by default', () => {
    assert.deepEqual(parseVersionOrAlias('m', undefined), { model: 'm', which: 'production' });
    assert.deepEqual(parseVersionOrAlias('m@shadow', undefined), { model: 'm', which: 'shadow' });
    assert.deepEqual(parseVersionOrAlias('m', '7'), { model: 'm', which: '7' });
    refuses(() => parseVersionOrAlias('m@', undefined), /got 'm@'/);
    refuses(() => parseVersionOrAlias('m', '0'), /got 'm 0'/);
  });
  it('comes twice in a comparison, of one model', () => {
    const wanted = { model: 'm', left: 1, right: 2 };
    for (const texts of [
      ['m@1', 'm@2'],
      ['m@1', '2'],
      ['m', '1', '2'],
    ]) {
      assert.deepEqual(parseVersionPair(texts), wanted);
    }
    refuses(() => parseVersionPair(['m@1', 'n@2']), /one of 'm' and one of 'n'/);
    refuses(() => parseVersionPair(['m@1']), /got 'm@1'/);
    refuses(() => parseVersionPair(['m', '1']), /got 'm 1'/);
    refuses(() => parseVersionPair(['m@1', 'm@2', '3']), /two versions of a model/);
  });
  it('is refused where a model is wanted', () => {
    assert.equal(parseModel('m'), 'm');
    refuses(() => parseModel('m@2'), /leave out '@2'/);
  });
});
