import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { canonicalJson } from './canonical-json.ts';
import { columnsOf, compileExpression, type Expression } from './expression.ts';

const date: Expression = { kind: 'column', column: 'date' };
const number = (value: number): Expression => ({ kind: 'number', value });

function evaluate(expression: Expression, value: number): number {
  return compileExpression(expression, ['date'])([Float64Array.of(value)], 0);
}

describe('compileExpression', () => {
  it('gives the hour and the weekday as the UTC calendar does, before the epoch too', () => {
    // ±4e12 ms: the years 1843 to 2096.
    fc.assert(
      fc.property(fc.integer({ min: -4e12, max: 4e12 }), (ms) => {
        const hour = evaluate({ kind: 'calendar', part: 'hourOfDay', operand: date }, ms);
        const day = evaluate({ kind: 'calendar', part: 'dayOfWeek', operand: date }, ms);
        assert.equal(hour, new Date(ms).getUTCHours());
        assert.equal(day, (new Date(ms).getUTCDay() + 6) % 7);
      }),
      { seed: 1 },
    );
  });

  it('passes a missing value on through every operator', () => {
    const two = { left: date, right: number(2) };
    const expressions: readonly Expression[] = [
      { kind: 'arithmetic', operator: '+', ...two },
      { kind: 'comparison', operator: '!=', ...two },
      { kind: 'not', operand: date },
      { kind: 'logic', operator: 'or', left: date, right: number(1) },
      { kind: 'logic', operator: 'and', left: date, right: number(0) },
      { kind: 'calendar', part: 'dayOfWeek', operand: date },
    ];
    for (const expression of expressions) assert.ok(Number.isNaN(evaluate(expression, Number.NaN)));
  });

  it('gives NaN and not an infinity for a division by zero or an overflow', () => {
    const operators = ['/', '*'] as const;
    for (const operator of operators) {
      const right = number(operator === '/' ? 0 : 1e300);
      const result = evaluate({ kind: 'arithmetic', operator, left: date, right }, 1e300);
      assert.ok(Number.isNaN(result));
    }
  });

  it('compares and combines', () => {
    const above: Expression = { kind: 'comparison', operator: '>', left: date, right: number(15) };
    const atMost: Expression = {
      kind: 'comparison',
      operator: '<=',
      left: date,
      right: number(20),
    };
    const both: Expression = { kind: 'logic', operator: 'and', left: above, right: atMost };
    assert.deepEqual(
      [15, 16, 20, 21].map((value) => evaluate(both, value)),
      [0, 1, 1, 0],
    );
    assert.deepEqual(columnsOf(both), ['date']);
  });
});

describe('canonicalJson', () => {
  it('does not depend on the order of keys, on undefined or on the sign of zero', () => {
    assert.equal(
      canonicalJson({ b: [1, -0], a: { d: undefined, c: 'é' } }),
      '{"a":{"c":"é"},"b":[1,0]}',
    );
  });

  it('refuses what JSON has no text for', () => {
    assert.throws(() => canonicalJson({ a: Number.NaN }));
    assert.throws(() => canonicalJson([undefined]));
  });

  it('reads back as the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = canonicalJson(value);
        assert.equal(canonicalJson(JSON.parse(text)), text);
      }),
      { seed: 2 },
    );
  });
});
