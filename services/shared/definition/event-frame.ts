import type { Expression } from '../compute/expression.ts';
import type { ColumnType, ValuePlan, WindowPlan } from '../compute/plan.ts';
import type { Aggregate, AggregateList } from './aggregate.ts';
import type { ColumnNames, Columns, KeyType } from './column.ts';
import {
  type AggregateDraft,
  type ColumnFrame,
  columnFrame,
  countDraft,
  listOf,
  type ParityClass,
} from './column-frame.ts';
import { definitionInvalid } from './definition-error.ts';
import { type DurationText, durationOf } from './duration-text.ts';
import { type EventRow, eventRow } from './event-row.ts';
import { columnTypeOf } from './row-frame.ts';
import type { Condition, NumberTerm } from './term.ts';
import { columnValue, termValue } from './value.ts';

/** The by-columns that fit a key with parts of these types: one column of each type, in order. */
export type ByColumns<C extends Columns, K extends readonly KeyType[]> = {
  [I in keyof K]: ColumnNames<C, K[I]>;
};

/** All events of a source, symbolically. */
export interface EventFrame<
  C extends Columns,
  K extends readonly KeyType[],
  P extends ParityClass = 'exact',
> {
  /** Events of one entity: those whose columns hold the parts of its key. */
  by(...columns: ByColumns<C, K>): EntityFrame<C, P>;
}

/** How a window lies before t. */
export interface WindowOptions {
  /** The window ends this long before t: what came after doesn't count yet. Default: at t. */
  readonly delay?: DurationText;
}

/** How the begin of a finite window moves. */
export interface LastOptions extends WindowOptions {
  /**
   * The begin goes forward in steps of this long, at multiples of it since the Unix epoch: the window then spans its length up to one step more.
   * Default: it slides exactly.
   */
  readonly sawtooth?: DurationText;
}

/** The events of one entity. */
export interface EntityFrame<C extends Columns, P extends ParityClass = 'exact'> {
  /** Those that became visible within this long before t: [t - window, t). */
  last(window: DurationText, options?: LastOptions): WindowFrame<C, P>;
  /** All that became visible before t. */
  lifetime(options?: WindowOptions): WindowFrame<C, P>;
}

/** Columns that can tell groups apart. */
export type GroupColumn<C extends Columns> = ColumnNames<C, 'text' | 'int' | 'bool'>;

/** The value of a grouping column that each group holds, by the suffix of its feature's name. */
export type GroupValues<T extends ColumnType> = Readonly<
  Record<string, T extends 'text' ? string : T extends 'bool' ? boolean : number>
>;

/** The events of one entity in a window. */
export interface WindowFrame<C extends Columns, P extends ParityClass = 'exact'> {
  /** Only the events for which the condition holds. */
  where(condition: (event: EventRow<C>) => Condition): WindowFrame<C, P>;
  /** Number of events; 0 for an empty window. */
  count(): Aggregate;
  /** Share of the events for which the condition holds, of those for which it can be told. */
  rate(condition: (event: EventRow<C>) => Condition): Aggregate;
  /** One column of the events. */
  col<N extends keyof C & string>(name: N): ColumnFrame<C[N]['type'], P>;
  /** A number that is worked out from each event, in doubles. */
  value(term: (event: EventRow<C>) => NumberTerm): ColumnFrame<'float', P>;
  /** Covariance of a sample (n - 1) of two values, over the events that have both; missing for fewer than two. */
  covariance(pair: (event: EventRow<C>) => readonly [NumberTerm, NumberTerm]): Aggregate;
  /** Pearson's correlation, -1 to 1; missing for fewer than two events or where all values are equal. */
  correlation(pair: (event: EventRow<C>) => readonly [NumberTerm, NumberTerm]): Aggregate;
  /** The same aggregate for each of some groups of the events: `groupBy('kind', { Food: 'FOOD' }, (events) => events.count())`. */
  groupBy<N extends GroupColumn<C>>(
    column: N,
    groups: GroupValues<C[N]['type']>,
    aggregate: (events: WindowFrame<C, P>) => Aggregate,
  ): AggregateList;
}

/** Gives the symbolic events of a source; `subject` names the feature in errors. */
export function eventFrame<C extends Columns, K extends readonly KeyType[], P extends ParityClass>(
  columns: C,
  keyTypes: K,
  subject: string,
): EventFrame<C, K, P> {
  return {
    by(...names) {
      const by: readonly string[] = names;
      checkBy(columns, keyTypes, by, subject);
      const frame = (window: WindowPlan): WindowFrame<C, P> =>
        windowFrame({ columns, subject, by, window, filter: undefined });
      return {
        last: (text, options) => frame(finiteWindow(text, options ?? {}, subject)),
        lifetime: (options) =>
          frame({ kind: 'lifetime', delayMs: delayOf(options ?? {}, subject) }),
      };
    },
  };
}

function finiteWindow(text: DurationText, options: LastOptions, subject: string): WindowPlan {
  const lengthMs = durationOf(text, subject);
  const delayMs = delayOf(options, subject);
  if (options.sawtooth === undefined) return { kind: 'sliding', lengthMs, delayMs };
  const hopMs = durationOf(options.sawtooth, subject);
  if (hopMs > lengthMs) {
    throw definitionInvalid(
      subject,
      `wanted a sawtooth of at most the window's ${text}, got '${options.sawtooth}'`,
    );
  }
  return { kind: 'sawtooth', lengthMs, hopMs, delayMs };
}

function delayOf({ delay }: WindowOptions, subject: string): number {
  return delay === undefined ? 0 : durationOf(delay, subject, 0);
}

interface Window<C extends Columns> {
  readonly columns: C;
  readonly subject: string;
  readonly by: readonly string[];
  readonly window: WindowPlan;
  readonly filter: Expression | undefined;
}

function windowFrame<C extends Columns, P extends ParityClass>(own: Window<C>): WindowFrame<C, P> {
  const { columns, subject, by, window, filter } = own;
  const row = eventRow(columns, subject);
  const aggregate = ({ plan, filter: more }: AggregateDraft): Aggregate =>
    Object.freeze({ kind: 'aggregate', by, window, filter: both(filter, more), plan });
  const pairOf = (
    pair: (event: EventRow<C>) => readonly [NumberTerm, NumberTerm],
  ): { readonly value: ValuePlan; readonly other: ValuePlan } => {
    const [x, y] = pair(row);
    return { value: termValue(x), other: termValue(y) };
  };
  const frame: WindowFrame<C, P> = {
    where: (condition) => windowFrame({ ...own, filter: both(filter, condition(row).expression) }),
    count: () => aggregate(countDraft),
    rate: (condition) =>
      aggregate({
        plan: { operator: 'rate', value: { ...termValue(condition(row)), isWhole: true } },
      }),
    col(name) {
      const column = {
        name,
        type: columnTypeOf(columns, name, subject),
        scale: columns[name]?.scale,
      };
      const drafts = columnFrame(column.type, columnValue(column), { aggregate, subject });
      // The conditional type ColumnFrame mirrors columnFrame; the compiler can't follow it.
      return drafts as ColumnFrame<C[typeof name]['type'], P>;
    },
    value: (term) =>
      columnFrame(
        'float',
        { raw: termValue(term(row)), natural: termValue(term(row)) },
        {
          aggregate,
          subject,
        },
      ) as ColumnFrame<'float', P>,
    covariance: (pair) => aggregate({ plan: { operator: 'covariance', ...pairOf(pair) } }),
    correlation: (pair) => aggregate({ plan: { operator: 'correlation', ...pairOf(pair) } }),
    groupBy(column, groups, build) {
      const items = Object.entries(groups).map(([suffix, value]) => {
        const condition = row.isGroup(column, value);
        return { suffix, aggregate: build(frame.where(() => condition)) };
      });
      return listOf(items, subject);
    },
  };
  return frame;
}

function both(left: Expression | undefined, right: Expression | undefined): Expression | undefined {
  if (left === undefined) return right;
  return right === undefined ? left : { kind: 'logic', operator: 'and', left, right };
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
