import { canonicalJson } from '../compute/canonical-json.ts';
import type { ComparisonOperator, Expression } from '../compute/expression.ts';
import { codeColumn } from './value.ts';

/**
 * Gives the one form of expressions that mean the same to the bit by rules that always hold, missing values included: operands of what commutes are sorted,
 * conjunctions and disjunctions flattened with each operand once, statements about the text of one column made one, comparisons have a number on the right or
 * point to the left, negations stand before columns only, arithmetic of numbers is done.
 */
export function canonicalExpression(expression: Expression): Expression {
  switch (expression.kind) {
    case 'column':
    case 'derivedColumn':
      return expression;
    case 'number':
      return { kind: 'number', value: expression.value + 0 };
    case 'calendar':
      return { ...expression, operand: canonicalExpression(expression.operand) };
    case 'not':
      return negated(canonicalExpression(expression.operand));
    case 'logic':
      return canonicalLogic(expression);
    case 'comparison':
      return canonicalComparison(expression);
    case 'arithmetic':
      return canonicalArithmetic(expression);
  }
}

type Logic = Extract<Expression, { readonly kind: 'logic' }>;
type Comparison = Extract<Expression, { readonly kind: 'comparison' }>;
type Arithmetic = Extract<Expression, { readonly kind: 'arithmetic' }>;

/** Gives the negation of a canonical condition: that of a missing one is missing too, so that De Morgan's laws hold. */
function negated(condition: Expression): Expression {
  switch (condition.kind) {
    case 'not':
      return condition.operand;
    case 'comparison':
      return canonicalComparison({ ...condition, operator: opposite[condition.operator] });
    case 'logic':
      return canonicalLogic({
        kind: 'logic',
        operator: condition.operator === 'and' ? 'or' : 'and',
        left: negated(condition.left),
        right: negated(condition.right),
      });
    default:
      return { kind: 'not', operand: condition };
  }
}

const opposite: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
  '=': '!=',
  '!=': '=',
};

function canonicalLogic({ operator, left, right }: Logic): Expression {
  const operands = withTextsMerged(
    operator,
    [left, right].flatMap((side) => chainOf(operator, canonicalExpression(side))),
  );
  const unique = new Map(operands.map((operand) => [canonicalJson(operand), operand]));
  const [first, ...others] = [...unique].sort(byKey).map(([, operand]) => operand);
  return others.reduce<Expression>(
    (chain, operand) => ({ kind: 'logic', operator, left: chain, right: operand }),
    first ?? left,
  );
}

function chainOf(operator: Logic['operator'], expression: Expression): readonly Expression[] {
  if (expression.kind !== 'logic' || expression.operator !== operator) return [expression];
  return [...chainOf(operator, expression.left), ...chainOf(operator, expression.right)];
}

/**
 * Makes one statement of those that a text is among some, where one of them has to hold, and of those that it is not, where
 * all of them have to: `equals('A').or(equals('B'))` is `oneOf(['A', 'B'])`.
 */
function withTextsMerged(
  operator: Logic['operator'],
  operands: readonly Expression[],
): readonly Expression[] {
  const wanted = operator === 'or' ? '>=' : '<';
  const textsOf = new Map<string, readonly string[]>();
  const others: Expression[] = [];
  for (const operand of operands) {
    const statement = operand.kind === 'comparison' ? textStatement(operand) : undefined;
    if (statement?.operator === wanted) {
      const { column, texts } = statement;
      textsOf.set(column, [...(textsOf.get(column) ?? []), ...texts]);
    } else others.push(operand);
  }
  const merged = [...textsOf].map(
    ([column, texts]): Expression => ({
      kind: 'comparison',
      operator: wanted,
      left: { kind: 'derivedColumn', derived: codeColumn(column, texts) },
      right: { kind: 'number', value: 0 },
    }),
  );
  return [...others, ...merged];
}

function textStatement({ operator, left, right }: Comparison):
  | {
      readonly operator: ComparisonOperator;
      readonly column: string;
      readonly texts: readonly string[];
    }
  | undefined {
  if (left.kind !== 'derivedColumn' || left.derived.derive.kind !== 'code') return undefined;
  if (right.kind !== 'number' || right.value !== 0) return undefined;
  return { operator, column: left.derived.column, texts: left.derived.derive.texts };
}

function canonicalComparison({ operator, left, right }: Comparison): Expression {
  const sides = { left: canonicalExpression(left), right: canonicalExpression(right) };
  const turned = { left: sides.right, right: sides.left };
  if (operator === '=' || operator === '!=') {
    return { kind: 'comparison', operator, ...sorted(sides) };
  }
  const isLeftNumber = sides.left.kind === 'number';
  const isRightNumber = sides.right.kind === 'number';
  const pointsRight = operator === '>' || operator === '>=';
  const isTurned = isLeftNumber === isRightNumber ? pointsRight : isLeftNumber;
  return isTurned
    ? { kind: 'comparison', operator: mirrored[operator], ...turned }
    : { kind: 'comparison', operator, ...sides };
}

function canonicalArithmetic({ operator, left, right }: Arithmetic): Expression {
  const sides = { left: canonicalExpression(left), right: canonicalExpression(right) };
  const known = numberOf(operator, sides);
  if (known !== undefined) return { kind: 'number', value: known };
  const commutes = operator === '+' || operator === '*';
  return { kind: 'arithmetic', operator, ...(commutes ? sorted(sides) : sides) };
}

const mirrored = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

interface Sides {
  readonly left: Expression;
  readonly right: Expression;
}

function numberOf(operator: Arithmetic['operator'], { left, right }: Sides): number | undefined {
  if (left.kind !== 'number' || right.kind !== 'number') return undefined;
  const results = {
    '+': left.value + right.value,
    '-': left.value - right.value,
    '*': left.value * right.value,
    '/': left.value / right.value,
  };
  // What gives no number stays as it is, so that it is missing when it is worked out.
  return Number.isFinite(results[operator]) ? results[operator] + 0 : undefined;
}

function sorted({ left, right }: Sides): Sides {
  // Numbers go to the right, where people expect them.
  const rank = (side: Expression): string => `${side.kind === 'number'} ${canonicalJson(side)}`;
  return rank(left) <= rank(right) ? { left, right } : { left: right, right: left };
}

function byKey(
  [left]: readonly [string, Expression],
  [right]: readonly [string, Expression],
): number {
  return left < right ? -1 : 1;
}
