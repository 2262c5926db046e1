import type { DerivedColumn } from '../compute/derived-column.ts';
import type { Expression } from '../compute/expression.ts';
import type { ColumnType, ValuePlan } from '../compute/plan.ts';

/** A column of a source, as expressions need it. */
export interface SourceColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** Digits after the point of a decimal. */
  readonly scale: number | undefined;
}

/** The two ways in which an aggregate can take a column. */
export interface ColumnValues {
  /** Decimals as whole numbers of their last digit. */
  readonly raw: ValuePlan;
  /** Decimals as the nearest doubles. */
  readonly natural: ValuePlan;
}

/** Gives what a column contributes to an aggregate. */
export function columnValue({ name, type, scale = 0 }: SourceColumn): ColumnValues {
  const column = { kind: 'column', column: name } as const;
  const raw: ValuePlan = { expression: column, isWhole: type !== 'float', scale };
  if (type !== 'decimal' || scale === 0) return { raw, natural: raw };
  return { raw, natural: { expression: decimalExpression(name, scale), isWhole: false, scale: 0 } };
}

/** Gives a decimal column as the nearest doubles of its values. */
export function decimalExpression(column: string, scale: number): ValuePlan['expression'] {
  return {
    kind: 'arithmetic',
    operator: '/',
    left: { kind: 'column', column },
    // Powers of ten up to 10^22 are exact, so that the quotient is rounded once.
    right: { kind: 'number', value: 10 ** scale },
  };
}

/** Gives what a computed number contributes: its doubles. */
export function termValue({ expression }: { readonly expression: Expression }): ValuePlan {
  return { expression, isWhole: false, scale: 0 };
}

/** Gives the column that holds the index of a text among some, sorted and each once; -1 for any other. */
export function codeColumn(column: string, texts: readonly string[]): DerivedColumn {
  const sorted = [...new Set(texts)].sort((left, right) => (left < right ? -1 : 1));
  return {
    name: `${column}~code${JSON.stringify(sorted)}`,
    column,
    derive: { kind: 'code', texts: sorted },
  };
}

/** Gives what a text column contributes to a count of different texts: both halves of its hash. */
export function textIdentity(column: string): {
  readonly value: ValuePlan;
  readonly other: ValuePlan;
} {
  const half = (part: 0 | 1): ValuePlan => ({
    expression: {
      kind: 'derivedColumn',
      derived: { name: `${column}~hash${part}`, column, derive: { kind: 'hash', part } },
    },
    isWhole: true,
    scale: 0,
  });
  return { value: half(0), other: half(1) };
}
