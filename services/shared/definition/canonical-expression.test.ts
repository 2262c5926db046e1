import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { canonicalJson } from '../compute/canonical-json.ts';
import {
  columnsOf,
  compileExpression,
  derivedColumnsOf,
  type Expression,
} from '../compute/expression.ts';
import { derivedColumn } from '../compute/text-columns.ts';
import { canonicalExpression } from './canonical-expression.ts';
import { codeColumn } from './value.ts';

type Of<K extends Expression['kind']> = Extract<Expression, { readonly kind: K }>;

const number = (value: number): Expression => ({ kind: 'number', value });
const column = (name: string): Expression => ({ kind: 'column', column: name });

const leaf = fc.oneof(
  fc.constantFrom('x', 'y', 'z').map(column),
  fc.constantFrom(-1, 0, 0.1, 2, 1e308).map(number),
);
const { term } = fc.letrec<{ term: Expression }>((tie) => ({
  term: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.record({
      kind: fc.constant('arithmetic' as const),
      operator: fc.constantFrom<Of<'arithmetic'>['operator'][]>('+', '-', '*', '/'),
      left: tie('term'),
      right: tie('term'),
    }),
  ),
}));
const texts = fc
  .uniqueArray(fc.constantFrom('A', 'B', 'C'), { minLength: 1 })
  .map((among): Expression => {
    const derived = codeColumn('text', among);
    return {
      kind: 'comparison',
      operator: '>=',
      left: { kind: 'derivedColumn', derived },
      right: number(0),
    };
  });
const { condition } = fc.letrec<{ condition: Expression }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom('flag', 'other').map(column),
    texts,
    fc.record({
      kind: fc.constant('comparison' as const),
      operator: fc.constantFrom<Of<'comparison'>['operator'][]>('<', '<=', '>', '>=', '=', '!='),
      left: term,
      right: term,
    }),
    fc.record({ kind: fc.constant('not' as const), operand: tie('condition') }),
    fc.record({
      kind: fc.constant('logic' as const),
      operator: fc.constantFrom<Of<'logic'>['operator'][]>('and', 'or'),
      left: tie('condition'),
      right: tie('condition'),
    }),
  ),
}));

/** All rows over a few values of each column, missing ones among them. */
const rows = [Number.NaN, 0, 2].flatMap((x) =>
  [Number.NaN, -1, 0.1, 2].flatMap((y) =>
    [Number.NaN, 0, 1].flatMap((flag) => [0, 1, 2, 3].map((text) => ({ x, y, flag, text }))),
  ),
);
const columns: Readonly<Record<string, Float64Array>> = {
  x: Float64Array.from(rows, ({ x }) => x),
  y: Float64Array.from(rows, ({ y }) => y),
  z: Float64Array.from(rows, (_, row) => row % 5),
  flag: Float64Array.from(rows, ({ flag }) => flag),
  other: Float64Array.from(rows, (_, row) => row % 2),
};
const coded = { dictionary: ['A', 'B', 'D'], codes: Uint32Array.from(rows, ({ text }) => text) };

/** Gives the value of an expression in each row; zeros without their sign. */
function valuesOf(expression: Expression): readonly number[] {
  const derived = new Map(derivedColumnsOf(expression).map((each) => [each.name, each]));
  const names = columnsOf(expression);
  const read = names.map((name) => {
    const made = derived.get(name);
    return made === undefined ? (columns[name] ?? new Float64Array(0)) : derivedColumn(made, coded);
  });
  const evaluate = compileExpression(expression, names);
  return rows.map((_, row) => evaluate(read, row) + 0);
}

const formOf = (expression: Expression): string => canonicalJson(canonicalExpression(expression));

/** Writes an expression another way: what commutes is turned by the bits of a number, and conditions are negated twice. */
function rewritten(expression: Expression, bits: number): Expression {
  const isTurned = bits % 2 === 1;
  const next = Math.floor(bits / 2);
  switch (expression.kind) {
    case 'column':
    case 'derivedColumn':
    case 'number':
    case 'calendar':
      return expression;
    case 'not':
      return { kind: 'not', operand: rewritten(expression.operand, next) };
    case 'arithmetic': {
      const [left, right] = [rewritten(expression.left, next), rewritten(expression.right, next)];
      const commutes = expression.operator === '+' || expression.operator === '*';
      return isTurned && commutes
        ? { ...expression, left: right, right: left }
        : { ...expression, left, right };
    }
    case 'comparison': {
      const [left, right] = [rewritten(expression.left, next), rewritten(expression.right, next)];
      const { operator } = expression;
      return isTurned
        ? { kind: 'comparison', operator: mirrored[operator], left: right, right: left }
        : { kind: 'comparison', operator, left, right };
    }
    case 'logic': {
      const [left, right] = [rewritten(expression.left, next), rewritten(expression.right, next)];
      if (!isTurned) return { ...expression, left, right };
      // De Morgan.
      const operator = expression.operator === 'and' ? 'or' : 'and';
      const not = (operand: Expression): Expression => ({ kind: 'not', operand });
      return not({ kind: 'logic', operator, left: not(right), right: not(left) });
    }
  }
}

const mirrored = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '=': '=', '!=': '!=' } as const;
const run = { numRuns: 2_000, seed: 2001 };

describe('canonicalExpression', () => {
  it('changes no value of any expression, missing ones included', () => {
    fc.assert(
      fc.property(fc.oneof(term, condition), (expression) => {
        assert.deepEqual(valuesOf(canonicalExpression(expression)), valuesOf(expression));
      }),
      run,
    );
  });

  it('is the same however an expression is arranged', () => {
    fc.assert(
      fc.property(fc.oneof(term, condition), fc.nat(), (expression, bits) => {
        assert.equal(formOf(rewritten(expression, bits)), formOf(expression));
      }),
      run,
    );
  });

  it('is its own canonical form', () => {
    fc.assert(
      fc.property(fc.oneof(term, condition), (expression) => {
        assert.equal(formOf(canonicalExpression(expression)), formOf(expression));
      }),
      run,
    );
  });

  it('keeps apart what differs in a value of some row', () => {
    fc.assert(
      fc.property(condition, condition, (left, right) => {
        if (formOf(left) === formOf(right)) assert.deepEqual(valuesOf(left), valuesOf(right));
      }),
      run,
    );
  });
});
