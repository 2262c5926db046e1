import { canonicalJson } from '../compute/canonical-json.ts';
import type { Expression } from '../compute/expression.ts';

/**
 * Gives the one form of expressions that mean the same to the bit by rules that always hold: operands of what commutes are sorted, conjunctions and
 * disjunctions flattened with each operand once, comparisons have a number on the right or point to the left, a double negation goes, arithmetic of numbers
 * is done.
 */
export function canonicalExpression(expression: Expression): Expression {
  switch (expression.kind) {
    case 'column':
    case 'derivedColumn':
    case 'number':
      return expression;
    case 'calendar':
      return { ...expression, operand: canonicalExpression(expression.operand) };
    case 'not': {
      const operand = canonicalExpression(expression.operand);
      return operand.kind === 'not' ? operand.operand : { kind: 'not', operand };
    }
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

function canonicalLogic({ operator, left, right }: Logic): Expression {
  const operands = [left, right].flatMap((side) => chainOf(operator, canonicalExpression(side)));
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

function canonicalComparison({ operator, left, right }: Comparison): Expression {
  const sides = { left: canonicalExpression(left), right: canonicalExpression(right) };
  const turned = { left: sides.right, right: sides.left };
  if (operator === '=' || operator === '!=') {
    return { kind: 'comparison', operator, ...sorted(sides) };
  }
  const pointsLeft = operator === '<' || operator === '<=';
  const isTurned = sides.left.kind === 'number' || (sides.right.kind !== 'number' && !pointsLeft);
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
  return Number.isFinite(results[operator]) ? results[operator] : undefined;
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
