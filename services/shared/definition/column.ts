import type { ColumnType } from '../compute/plan.ts';

/** What a column of a source holds. */
export interface ColumnDefinition<T extends ColumnType = ColumnType> {
  readonly type: T;
}

/** Gives a column of whole numbers within ±(2^53 - 1): their sums and means are exact. */
export function int(): ColumnDefinition<'int'> {
  return { type: 'int' };
}

/** Gives a column of doubles. Their sums would depend on order, so that only min, max and comparisons take them. */
export function float(): ColumnDefinition<'float'> {
  return { type: 'float' };
}

/** Gives a column of text. */
export function text(): ColumnDefinition<'text'> {
  return { type: 'text' };
}

/** Gives a column of truth values. */
export function bool(): ColumnDefinition<'bool'> {
  return { type: 'bool' };
}

/** Gives a column of points in time, in UTC. */
export function timestamp(): ColumnDefinition<'timestamp'> {
  return { type: 'timestamp' };
}

/** The columns of a source, by name. */
export type Columns = Readonly<Record<string, ColumnDefinition>>;

/** Names of the columns whose type is one of `T`. */
export type ColumnNames<C extends Columns, T extends ColumnType> = {
  [N in keyof C & string]: C[N]['type'] extends T ? N : never;
}[keyof C & string];

/** What a value of a column type is in TypeScript; a timestamp is epoch ms. */
export interface ColumnValues {
  readonly int: number;
  readonly float: number;
  readonly text: string;
  readonly bool: boolean;
  readonly timestamp: number;
}

/** Types that an entity's key may have. */
export type KeyType = 'text' | 'int';
