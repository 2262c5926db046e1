import type { DerivedColumn } from '../compute/derived-column.ts';
import type { Expression } from '../compute/expression.ts';
import type {
  AggregatePlan,
  ColumnPlan,
  FeaturePlan,
  ValuePlan,
  WindowPlan,
} from '../compute/plan.ts';

/** Gives the definition of a feature for people: `mean of delay over the last 24h by origin`. `columns` are those of its source. */
export function featureSummary(plan: FeaturePlan, columns: readonly ColumnPlan[]): string {
  const where = plan.filter === undefined ? '' : ` where ${expressionText(plan.filter, columns)}`;
  const mark = plan.parity === 'approx' ? ' (approximately)' : '';
  const textOf = (value: ValuePlan): string => expressionText(value.expression, columns);
  return `${aggregateText(plan.aggregate, textOf)}${where} ${windowText(plan.window)} by ${plan.view.by.join(', ')}${mark}`;
}

function aggregateText(plan: AggregatePlan, valueText: (value: ValuePlan) => string): string {
  switch (plan.operator) {
    case 'count':
      return 'count of events';
    case 'covariance':
    case 'correlation':
      return `${plan.operator} of ${valueText(plan.value)} and ${valueText(plan.other)}`;
    case 'first':
    case 'last':
    case 'greatest':
    case 'least':
      return `${plan.operator}${plan.rank === 1 ? '' : ` (number ${plan.rank})`} of ${valueText(plan.value)}`;
    case 'quantile':
      return `quantile ${plan.share} (within ${plan.relativeError * 100} %) of ${valueText(plan.value)}`;
    case 'approxQuantile':
      return `quantile ${plan.share} of ${valueText(plan.value)}`;
    case 'ewma':
      return `ewma (weight ${plan.weight}) of ${valueText(plan.value)}`;
    case 'countDistinct':
      return `count of different ${valueText(plan.value)}`;
    case 'countDistinctSketch':
      return `count (sketch of 2^${plan.precision} registers) of different ${valueText(plan.value)}`;
    default:
      return `${plan.operator} of ${valueText(plan.value)}`;
  }
}

function windowText(window: WindowPlan): string {
  const delay = window.delayMs === 0 ? '' : ` up to ${spanText(window.delayMs)} ago`;
  switch (window.kind) {
    case 'sliding':
      return `over the last ${spanText(window.lengthMs)}${delay}`;
    case 'sawtooth':
      return `over the last ${spanText(window.lengthMs)} to ${spanText(window.lengthMs + window.hopMs)}${delay}`;
    case 'lifetime':
      return `ever${delay}`;
  }
}

/** Gives an expression for people, as its author wrote it; `columns` are those that it reads, as far as they are of a source. */
export function expressionText(expression: Expression, columns: readonly ColumnPlan[]): string {
  switch (expression.kind) {
    case 'column':
      return expression.column;
    case 'derivedColumn':
      return derivedText(expression.derived);
    case 'number':
      return String(expression.value);
    case 'comparison':
      return groupText(expression) ?? operationText(expression, columns);
    case 'arithmetic':
      return decimalText(expression, columns) ?? operationText(expression, columns);
    case 'logic':
      return operationText(expression, columns);
    case 'not':
      return `not ${operandText(expression.operand, notRank, columns)}`;
    case 'calendar':
      return `${expression.part}(${expressionText(expression.operand, columns)})`;
  }
}

type Operation = Extract<Expression, { kind: 'arithmetic' | 'comparison' | 'logic' }>;

function operationText(operation: Operation, columns: readonly ColumnPlan[]): string {
  const { left, operator, right } = operation;
  const rank = rankOf(operation);
  // `a and b and c` says the same from either side; `a - (b - c)` does not.
  const rightRank = operation.kind === 'logic' ? rank : rank + 1;
  return `${operandText(left, rank, columns)} ${operator} ${operandText(right, rightRank, columns)}`;
}

/** Gives a part of an operation, in parentheses where it binds less than its place wants. */
function operandText(
  operand: Expression,
  leastRank: number,
  columns: readonly ColumnPlan[],
): string {
  const text = expressionText(operand, columns);
  const isOperation =
    operand.kind === 'arithmetic' || operand.kind === 'comparison' || operand.kind === 'logic';
  if (!isOperation || text === decimalText(operand, columns)) return text;
  return rankOf(operand) < leastRank ? `(${text})` : text;
}

const notRank = 3;

/** How strongly an operation binds. */
function rankOf({ kind, operator }: Operation): number {
  if (kind === 'logic') return operator === 'and' ? 2 : 1;
  if (kind === 'comparison') return 4;
  return operator === '+' || operator === '-' ? 5 : 6;
}

/** Events hold a decimal in units of its last digit; whoever wrote `amount` meant its value. */
function decimalText(
  { kind, left, operator, right }: Operation,
  columns: readonly ColumnPlan[],
): string | undefined {
  if (kind !== 'arithmetic' || operator !== '/' || left.kind !== 'column') return;
  const found = columns.find(({ name, type }) => name === left.column && type === 'decimal');
  const isUnit = right.kind === 'number' && right.value === 10 ** (found?.scale ?? 0);
  return found !== undefined && isUnit ? left.column : undefined;
}

/** A text is among some when its index is not negative; people want to read what the author wrote. */
function groupText({ left, operator, right }: Operation): string | undefined {
  const isBound = right.kind === 'number' && right.value === 0;
  const words = { '>=': ['is', 'is one of'], '<': ['is not', 'is none of'] }[operator as string];
  if (!isBound || words === undefined || left.kind !== 'derivedColumn') return;
  const { column, derive } = left.derived;
  if (derive.kind !== 'code') return;
  const texts = derive.texts.map((member) => `'${member}'`).join(', ');
  return `${column} ${words[derive.texts.length === 1 ? 0 : 1]} ${texts}`;
}

function derivedText({ column, derive }: DerivedColumn): string {
  return derive.kind === 'hash' ? column : `${column} among (${derive.texts.join(', ')})`;
}

const units: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
];

function spanText(ms: number): string {
  const unit = units.find(([, scale]) => ms % scale === 0);
  return unit === undefined ? `${ms}ms` : `${ms / unit[1]}${unit[0]}`;
}
