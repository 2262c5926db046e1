import type { ColumnType } from '../compute/plan.ts';
import { definitionInvalid } from './definition-error.ts';

/** What a column of a source holds. */
export interface ColumnDefinition<T extends ColumnType = ColumnType> {
  readonly type: T;
  /** Digits after the point of a decimal, and in all. */
  readonly scale?: number;
  readonly precision?: number;
}

/** Gives a column of whole numbers within ±(2^53 - 1): their sums and means are exact. */
export function int(): ColumnDefinition<'int'> {
  return { type: 'int' };
}

/**
 * Gives a column of decimals with at most `precision` digits, `scale` of them after the point: `decimal(12, 2)` for amounts of money. A value is rounded to
 * its last digit once, when it comes in (half away from zero); from there on it is a whole number, whose sums are exact.
 * @throws {MeshError} INVALID_ARGUMENT / DEFINITION_INVALID unless 1 <= precision <= 15 and 0 <= scale <= precision.
 */
export function decimal(precision: number, scale: number): ColumnDefinition<'decimal'> {
  const fits =
    Number.isInteger(precision) &&
    Number.isInteger(scale) &&
    precision >= 1 &&
    precision <= 15 &&
    scale >= 0 &&
    scale <= precision;
  if (!fits) {
    throw definitionInvalid(
      `decimal(${precision}, ${scale})`,
      'wanted 1 to 15 digits, of which 0 up to all stand after the point',
    );
  }
  return { type: 'decimal', scale, precision };
}

/** Gives a column of doubles. Their sums are exact, and rounded once at the end: neither order nor grouping change a bit. */
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
  readonly decimal: number;
  readonly float: number;
  readonly text: string;
  readonly bool: boolean;
  readonly timestamp: number;
}

/** Types that an entity's key may have. */
export type KeyType = 'text' | 'int';
