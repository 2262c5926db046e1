import assert from 'node:assert/strict';
import type { DerivedColumn } from './derived-column.ts';

/** Arithmetic whose result IEEE 754 fixes to the bit. */
export type ArithmeticOperator = '+' | '-' | '*' | '/';

/** Comparison of two numbers; gives 1 or 0. */
export type ComparisonOperator = '<' | '<=' | '>' | '>=' | '=' | '!=';

/** Part of a timestamp in UTC: hour 0 to 23, or weekday 0 (Monday) to 6 (Sunday). */
export type CalendarPart = 'hourOfDay' | 'dayOfWeek';

/** A numeric function of one row's columns, as data. Conditions give 1 or 0; a missing operand gives NaN throughout. */
export type Expression =
  | { readonly kind: 'column'; readonly column: string }
  /** A column that is made from a text column; see DerivedColumn. */
  | { readonly kind: 'derivedColumn'; readonly derived: DerivedColumn }
  | { readonly kind: 'number'; readonly value: number }
  | {
      readonly kind: 'arithmetic';
      readonly operator: ArithmeticOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'comparison';
      readonly operator: ComparisonOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'logic';
      readonly operator: 'and' | 'or';
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'calendar'; readonly part: CalendarPart; readonly operand: Expression };

/** Reads row `row` of columns that were bound when the expression was compiled. */
export type RowFunction = (columns: readonly Float64Array[], row: number) => number;

/**
 * Compiles an expression for columns in this order. Every column that it names must be there. The function allocates
 * nothing; a division by zero or a missing operand gives NaN, never an infinity.
 */
export function compileExpression(
  expression: Expression,
  columnNames: readonly string[],
): RowFunction {
  switch (expression.kind) {
    case 'column':
      return columnReader(expression.column, columnNames);
    case 'derivedColumn':
      return columnReader(expression.derived.name, columnNames);
    case 'number': {
      const { value } = expression;
      return () => value;
    }
    case 'arithmetic':
      return arithmetic(expression.operator, both(expression, columnNames));
    case 'comparison':
      return comparison(expression.operator, both(expression, columnNames));
    case 'logic':
      return logic(expression.operator, both(expression, columnNames));
    case 'not': {
      const operand = compileExpression(expression.operand, columnNames);
      return (columns, row) => 1 - operand(columns, row);
    }
    case 'calendar': {
      const operand = compileExpression(expression.operand, columnNames);
      const part = calendarParts[expression.part];
      return (columns, row) => part(operand(columns, row));
    }
  }
}

/** Gives the names of the columns of numbers that an expression reads, sorted, each once. */
export function columnsOf(expression: Expression): readonly string[] {
  const names = new Set(
    leavesOf(expression).map((leaf) => (leaf.kind === 'column' ? leaf.column : leaf.derived.name)),
  );
  return [...names].sort((left, right) => (left < right ? -1 : 1));
}

/** Gives the columns that an expression reads and that are made from text columns; some may come twice. */
export function derivedColumnsOf(expression: Expression): readonly DerivedColumn[] {
  return leavesOf(expression).flatMap((leaf) =>
    leaf.kind === 'derivedColumn' ? [leaf.derived] : [],
  );
}

/** Gives an expression with the names of its columns changed. */
export function renamed(expression: Expression, rename: (column: string) => string): Expression {
  switch (expression.kind) {
    case 'column':
      return { kind: 'column', column: rename(expression.column) };
    case 'derivedColumn':
    case 'number':
      return expression;
    case 'not':
    case 'calendar':
      return { ...expression, operand: renamed(expression.operand, rename) };
    case 'arithmetic':
    case 'comparison':
    case 'logic': {
      const { left, right } = expression;
      return { ...expression, left: renamed(left, rename), right: renamed(right, rename) };
    }
  }
}

type Leaf = Extract<Expression, { readonly kind: 'column' | 'derivedColumn' }>;

function leavesOf(expression: Expression): readonly Leaf[] {
  const leaves: Leaf[] = [];
  const visit = (part: Expression): void => {
    switch (part.kind) {
      case 'column':
      case 'derivedColumn':
        leaves.push(part);
        return;
      case 'number':
        return;
      case 'not':
      case 'calendar':
        visit(part.operand);
        return;
      case 'arithmetic':
      case 'comparison':
      case 'logic':
        visit(part.left);
        visit(part.right);
        return;
    }
  };
  visit(expression);
  return leaves;
}

function columnReader(name: string, columnNames: readonly string[]): RowFunction {
  const index = columnNames.indexOf(name);
  assert(index >= 0, `no column '${name}' among ${columnNames.join(', ')}`);
  return (columns, row) => columns[index]?.[row] ?? Number.NaN;
}

interface Operands {
  readonly left: RowFunction;
  readonly right: RowFunction;
}

function both(
  expression: { readonly left: Expression; readonly right: Expression },
  columnNames: readonly string[],
): Operands {
  return {
    left: compileExpression(expression.left, columnNames),
    right: compileExpression(expression.right, columnNames),
  };
}

function arithmetic(operator: ArithmeticOperator, { left, right }: Operands): RowFunction {
  switch (operator) {
    case '+':
      return (columns, row) => finite(left(columns, row) + right(columns, row));
    case '-':
      return (columns, row) => finite(left(columns, row) - right(columns, row));
    case '*':
      return (columns, row) => finite(left(columns, row) * right(columns, row));
    case '/':
      return (columns, row) => finite(left(columns, row) / right(columns, row));
  }
}

function comparison(operator: ComparisonOperator, { left, right }: Operands): RowFunction {
  const test = comparisons[operator];
  return (columns, row) => {
    const first = left(columns, row);
    const second = right(columns, row);
    if (Number.isNaN(first) || Number.isNaN(second)) return Number.NaN;
    return test(first, second) ? 1 : 0;
  };
}

const comparisons: Readonly<Record<ComparisonOperator, (left: number, right: number) => boolean>> =
  {
    '<': (left, right) => left < right,
    '<=': (left, right) => left <= right,
    '>': (left, right) => left > right,
    '>=': (left, right) => left >= right,
    '=': (left, right) => left === right,
    '!=': (left, right) => left !== right,
  };

function logic(operator: 'and' | 'or', { left, right }: Operands): RowFunction {
  // Operands are 0, 1 or NaN: the product and the maximum are the conjunction and the disjunction, and keep NaN.
  return operator === 'and'
    ? (columns, row) => left(columns, row) * right(columns, row)
    : (columns, row) => Math.max(left(columns, row), right(columns, row));
}

const hourMs = 3_600_000;
const dayMs = 86_400_000;

const calendarParts: Readonly<Record<CalendarPart, (ms: number) => number>> = {
  hourOfDay: (ms) => Math.floor(ms / hourMs) - Math.floor(ms / dayMs) * 24,
  // Day 0 of the epoch was a Thursday, which is 3 counted from Monday.
  dayOfWeek: (ms) => {
    const day = Math.floor(ms / dayMs) + 3;
    return day - Math.floor(day / 7) * 7;
  },
};

function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN;
}
