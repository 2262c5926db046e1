import type { Expression } from '../compute/expression.ts';
import type { AggregateOperator, ColumnType } from '../compute/plan.ts';
import type { ColumnNames, Columns, KeyType } from './column.ts';
import { definitionInvalid } from './definition-error.ts';
import { type DurationText, durationOf } from './duration-text.ts';
import { type NumericColumn, numericType, type RowFrame, rowFrame } from './row-frame.ts';
import type { Condition } from './term.ts';

/** A finished aggregate: what the author's function returns. */
export interface Aggregate {
  readonly by: readonly string[];
  readonly windowMs: number | 'lifetime';
  readonly filter: Expression | undefined;
  readonly operator: AggregateOperator;
  readonly value: Expression | undefined;
}

/** The by-columns that fit a key with parts of these types: one column of each type, in order. */
export type ByColumns<C extends Columns, K extends readonly KeyType[]> = {
  [I in keyof K]: ColumnNames<C, K[I]>;
};

/** All events of a source, symbolically. */
export interface EventFrame<C extends Columns, K extends readonly KeyType[]> {
  /** Events of one entity: those whose columns hold the parts of its key. */
  by(...columns: ByColumns<C, K>): EntityFrame<C>;
}

/** The events of one entity. */
export interface EntityFrame<C extends Columns> {
  /** Those that became visible within this long before t: [t - window, t). */
  last(window: DurationText): WindowFrame<C>;
  /** All that became visible before t. */
  lifetime(): WindowFrame<C>;
}

/** The events of one entity in a window. */
export interface WindowFrame<C extends Columns> {
  /** Only the events for which the condition holds. */
  where(condition: (event: RowFrame<C>) => Condition): WindowFrame<C>;
  /** Number of events; 0 for an empty window. */
  count(): Aggregate;
  /** Share of the events for which the condition holds, of those for which it can be told. */
  rate(condition: (event: RowFrame<C>) => Condition): Aggregate;
  col<N extends NumericColumn<C>>(name: N): ColumnFrame<C[N]['type']>;
}

/** Aggregates that every numeric column has. */
export interface OrderFrame {
  min(): Aggregate;
  max(): Aggregate;
}

/** Aggregates that need exact sums. */
export interface SumFrame extends OrderFrame {
  /** 0 for an empty window. */
  sum(): Aggregate;
  mean(): Aggregate;
  /** Of a sample (n - 1); missing for fewer than two events. */
  variance(): Aggregate;
  /** Root of the variance. */
  stddev(): Aggregate;
}

/** Aggregates of a column of type `T`: sums only where they are exact. */
export type ColumnFrame<T extends ColumnType> = T extends 'int' | 'bool' ? SumFrame : OrderFrame;

/** Gives the symbolic events of a source; `subject` names the feature in errors. */
export function eventFrame<C extends Columns, K extends readonly KeyType[]>(
  columns: C,
  keyTypes: K,
  subject: string,
): EventFrame<C, K> {
  return {
    by(...names) {
      const by: readonly string[] = names;
      checkBy(columns, keyTypes, by, subject);
      const window = (windowMs: number | 'lifetime'): WindowFrame<C> =>
        windowFrame({ columns, subject, by, windowMs, filter: undefined });
      return {
        last: (text) => window(durationOf(text, subject)),
        lifetime: () => window('lifetime'),
      };
    },
  };
}

interface Window<C extends Columns> {
  readonly columns: C;
  readonly subject: string;
  readonly by: readonly string[];
  readonly windowMs: number | 'lifetime';
  readonly filter: Expression | undefined;
}

function windowFrame<C extends Columns>(window: Window<C>): WindowFrame<C> {
  const { columns, subject, by, windowMs, filter } = window;
  const row = rowFrame(columns, subject);
  const aggregate = (operator: AggregateOperator, value?: Expression): Aggregate =>
    Object.freeze({ by, windowMs, filter, operator, value });
  return {
    where(condition) {
      const right = condition(row).expression;
      return windowFrame({
        ...window,
        filter:
          filter === undefined ? right : { kind: 'logic', operator: 'and', left: filter, right },
      });
    },
    count: () => aggregate('count'),
    rate: (condition) => aggregate('rate', condition(row).expression),
    col(name) {
      const type = numericType(columns, name, subject);
      const frame = columnFrame(type, (operator) => {
        return aggregate(operator, { kind: 'column', column: name });
      });
      // The conditional type ColumnFrame mirrors columnFrame; the compiler can't follow it.
      return frame as ColumnFrame<C[typeof name]['type']>;
    },
  };
}

function columnFrame(
  type: ColumnType,
  aggregate: (operator: AggregateOperator) => Aggregate,
): OrderFrame | SumFrame {
  const order: OrderFrame = { min: () => aggregate('min'), max: () => aggregate('max') };
  if (type !== 'int' && type !== 'bool') return order;
  return {
    ...order,
    sum: () => aggregate('sum'),
    mean: () => aggregate('mean'),
    variance: () => aggregate('variance'),
    stddev: () => aggregate('stddev'),
  };
}

function checkBy(
  columns: Columns,
  keyTypes: readonly KeyType[],
  by: readonly string[],
  subject: string,
): void {
  const types = by.map((name) => (Object.hasOwn(columns, name) ? columns[name]?.type : undefined));
  const fits =
    types.length === keyTypes.length && types.every((type, part) => type === keyTypes[part]);
  if (!fits || new Set(by).size !== by.length) {
    throw definitionInvalid(
      subject,
      `wanted ${keyTypes.length} different by-columns of type ${keyTypes.join(', ')} for the key of its entities, got ${by
        .map((name, part) => `'${name}' (${types[part] ?? 'no such column'})`)
        .join(', ')}`,
    );
  }
}
