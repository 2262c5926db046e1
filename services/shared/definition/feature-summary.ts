import type { DerivedColumn } from '../compute/derived-column.ts';
import type { Expression } from '../compute/expression.ts';
import type { AggregatePlan, FeaturePlan, ValuePlan, WindowPlan } from '../compute/plan.ts';

/** Gives the definition of a feature for people: `mean of delay over the last 24h by origin`. */
export function featureSummary(plan: FeaturePlan): string {
  const where = plan.filter === undefined ? '' : ` where ${expressionText(plan.filter)}`;
  const mark = plan.parity === 'approx' ? ' (approximately)' : '';
  return `${aggregateText(plan.aggregate)}${where} ${windowText(plan.window)} by ${plan.view.by.join(', ')}${mark}`;
}

function aggregateText(plan: AggregatePlan): string {
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

function valueText({ expression }: ValuePlan): string {
  return expressionText(expression);
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

/** Gives an expression for people. */
export function expressionText(expression: Expression): string {
  switch (expression.kind) {
    case 'column':
      return expression.column;
    case 'derivedColumn':
      return derivedText(expression.derived);
    case 'number':
      return String(expression.value);
    case 'comparison':
      return groupText(expression) ?? operationText(expression);
    case 'arithmetic':
    case 'logic':
      return operationText(expression);
    case 'not':
      return `not ${expressionText(expression.operand)}`;
    case 'calendar':
      return `${expression.part}(${expressionText(expression.operand)})`;
  }
}

type Operation = Extract<Expression, { kind: 'arithmetic' | 'comparison' | 'logic' }>;

function operationText({ left, operator, right }: Operation): string {
  return `(${expressionText(left)} ${operator} ${expressionText(right)})`;
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
