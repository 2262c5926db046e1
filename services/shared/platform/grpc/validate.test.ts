import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MeshError } from '../../kernel/mesh-error.ts';
import { columnBytes, float32Column, float64Column } from './column-bytes.ts';
import {
  requireBytes,
  requireEnum,
  requireFinite,
  requireInteger,
  requireItems,
  requireLong,
  requireMessage,
  requireOneof,
  requireText,
} from './validate.ts';

function refuses(act: () => unknown, field: string, pattern: RegExp): void {
  assert.throws(act, (error: MeshError) => {
    assert.equal(error.code, 'INVALID_ARGUMENT');
    assert.equal(error.reason, 'INVALID_FIELD');
    assert.equal(error.violations[0]?.field, field);
    assert.match(error.message, pattern);
    return true;
  });
}

describe('validate', () => {
  it('takes a text within its limits alone', () => {
    const limits = { charsMax: 3, pattern: /^[a-z]+$/, form: 'lower-case letters' };
    assert.equal(requireText('abc', 'model', limits), 'abc');
    refuses(() => requireText('', 'model', limits), 'model', /wanted 1 to 3 characters, got 0/);
    refuses(() => requireText('abcd', 'model', limits), 'model', /got 4/);
    refuses(() => requireText('aB', 'model', limits), 'model', /lower-case letters, got 'aB'/);
    assert.equal(requireText('', 'note', { charsMin: 0, charsMax: 3 }), '');
  });

  it('refuses numbers that are not finite or outside their range', () => {
    const range = { min: 0, max: 1 };
    assert.equal(requireFinite(0, 'label', range), 0);
    assert.equal(requireFinite(1, 'label', range), 1);
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -0.1, 1.1]) {
      refuses(() => requireFinite(value, 'label', range), 'label', /a finite number from 0 to 1/);
    }
    refuses(() => requireInteger(1.5, 'rows', { min: 1 }), 'rows', /a whole number of 1 or more/);
    refuses(() => requireInteger(2 ** 53, 'rows'), 'rows', /a whole number,/);
    assert.equal(requireLong('9007199254740991', 'seq'), 2 ** 53 - 1);
    refuses(() => requireLong('9007199254740992', 'seq'), 'seq', /whole number/);
  });

  it('refuses an enum value that is unspecified or unknown', () => {
    const values = ['TIER_MODEL', 'TIER_RULES'] as const;
    assert.equal(requireEnum('TIER_RULES', 'tier', values), 'TIER_RULES');
    refuses(() => requireEnum('TIER_UNSPECIFIED', 'tier', values), 'tier', /one of TIER_MODEL/);
    refuses(() => requireEnum(17, 'tier', values), 'tier', /got 17/);
  });

  it('checks lengths of bytes and lists, and that messages are there', () => {
    assert.equal(requireBytes(Buffer.alloc(8), 'x', { bytes: 8 }).length, 8);
    refuses(() => requireBytes(Buffer.alloc(7), 'x', { bytes: 8 }), 'x', /8 bytes, got 7/);
    const limits = { multipleOf: 4, bytesMax: 8 };
    for (const length of [0, 6, 12]) {
      refuses(() => requireBytes(Buffer.alloc(length), 'x', limits), 'x', /a multiple of 4/);
    }
    refuses(() => requireItems([], 'rows', { min: 1, max: 2 }), 'rows', /from 1 to 2, got 0/);
    refuses(() => requireItems([1, 2, 3], 'rows', { max: 2 }), 'rows', /of 2 or less, got 3/);
    refuses(() => requireMessage(null, 'query'), 'query', /a message/);
  });

  it('gives a oneof as a union', () => {
    interface Reply {
      readonly rows?: { readonly count: number } | null;
      readonly error?: string | null;
      readonly result?: 'rows' | 'error';
    }
    const reply: Reply = { rows: { count: 2 }, result: 'rows' };
    const result = requireOneof(reply, 'result');
    assert.equal(result.kind === 'rows' && result.value.count, 2);
    refuses(() => requireOneof<Reply, 'result'>({}, 'result'), 'result', /none that is known/);
  });
});

describe('column bytes', () => {
  it('come back as they were, aligned or not', () => {
    const column = Float64Array.of(1.5, -0, 3e300);
    const bytes = columnBytes(column);
    const shifted = Buffer.concat([Buffer.alloc(1), bytes]).subarray(1);
    assert.deepEqual(float64Column(bytes, 'values', 3), column);
    assert.deepEqual(float64Column(shifted, 'values', 3), column);
    const narrow = Float32Array.of(1, 2);
    assert.deepEqual(float32Column(columnBytes(narrow), 'values', 2), narrow);
    refuses(() => float64Column(bytes, 'values', 2), 'values', /16 bytes, got 24/);
  });
});
