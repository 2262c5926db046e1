import assert from 'node:assert/strict';
import { compileExpression, type Expression } from './expression.ts';

/** Columns, each `rows` long. */
export interface ColumnRows {
  readonly columns: readonly Float64Array[];
  readonly rows: number;
}

/**
 * Evaluates an expression for all rows of columns in this order: what {@link compileExpression} gives row by row, to the bit, in loops over
 * typed arrays for what most features are made of. The result may be a column itself: it must not be changed.
 */
export function evaluateColumn(
  expression: Expression,
  columnNames: readonly string[],
  { columns, rows }: ColumnRows,
): Float64Array {
  switch (expression.kind) {
    case 'column':
      return columnAt(expression.column, columnNames, columns);
    case 'derivedColumn':
      return columnAt(expression.derived.name, columnNames, columns);
    case 'comparison': {
      const { left, right, operator } = expression;
      if (right.kind !== 'number') break;
      return compared(evaluateColumn(left, columnNames, { columns, rows }), operator, right.value);
    }
    case 'number':
    case 'arithmetic':
    case 'logic':
    case 'not':
    case 'calendar':
      break;
  }
  const evaluate = compileExpression(expression, columnNames);
  const values = new Float64Array(rows);
  for (let row = 0; row < rows; row += 1) values[row] = evaluate(columns, row);
  return values;
}

function columnAt(
  name: string,
  columnNames: readonly string[],
  columns: readonly Float64Array[],
): Float64Array {
  const column = columns[columnNames.indexOf(name)];
  assert(column !== undefined, `no column '${name}' among ${columnNames.join(', ')}`);
  return column;
}

type Comparison = Extract<Expression, { readonly kind: 'comparison' }>['operator'];

function compared(values: Float64Array, operator: Comparison, bound: number): Float64Array {
  const results = new Float64Array(values.length);
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] ?? Number.NaN;
    results[row] = Number.isNaN(value) ? Number.NaN : Number(holds(value, operator, bound));
  }
  return results;
}

function holds(value: number, operator: Comparison, bound: number): boolean {
  switch (operator) {
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
    case '>':
      return value > bound;
    case '>=':
      return value >= bound;
    case '=':
      return value === bound;
    case '!=':
      return value !== bound;
  }
}
