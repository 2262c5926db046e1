import type { Expression } from '../compute/expression.ts';
import type { FeaturePlan } from '../compute/plan.ts';

/** Gives the definition of a feature for people: `mean of delay over the last 24h by origin`. */
export function featureSummary(plan: FeaturePlan): string {
  const { operator, value } = plan.aggregate;
  const what = value === undefined ? 'count of events' : `${operator} of ${expressionText(value)}`;
  const where = plan.filter === undefined ? '' : ` where ${expressionText(plan.filter)}`;
  const window = plan.windowMs === 'lifetime' ? 'ever' : `over the last ${spanText(plan.windowMs)}`;
  return `${what}${where} ${window} by ${plan.view.by.join(', ')}`;
}

/** Gives an expression for people. */
export function expressionText(expression: Expression): string {
  switch (expression.kind) {
    case 'column':
      return expression.column;
    case 'number':
      return String(expression.value);
    case 'arithmetic':
    case 'comparison':
    case 'logic':
      return `(${expressionText(expression.left)} ${expression.operator} ${expressionText(expression.right)})`;
    case 'not':
      return `not ${expressionText(expression.operand)}`;
    case 'calendar':
      return `${expression.part}(${expressionText(expression.operand)})`;
  }
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
