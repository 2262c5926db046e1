import type { Expression } from '../compute/expression.ts';
import type { AggregatePlan, ColumnType, ValuePlan } from '../compute/plan.ts';
import type { Aggregate, AggregateList } from './aggregate.ts';
import { definitionInvalid } from './definition-error.ts';
import { type ColumnValues, textIdentity } from './value.ts';

/** `exact`: proven equal online and offline. `approx`: operators whose results are estimates are there too, and no audit. */
export type ParityClass = 'exact' | 'approx';

/** An aggregate of a window, and a condition beside the window's own. */
export interface AggregateDraft {
  readonly plan: AggregatePlan;
  readonly filter?: Expression;
}

/** Aggregates that every column has. */
export interface AnyFrame {
  /** Number of different values, exactly; 0 for an empty window. Texts are told apart by 104 bits of their SHA-256. */
  countDistinct(): Aggregate;
  /**
   * An estimate of the number of different values, of a relative standard error of 1.04 / sqrt(2^precision); the same estimate everywhere. Precision: 4 to 16, default
   * 12.
   */
  countDistinctSketch(precision?: number): Aggregate;
}

/** Aggregates that every numeric column has. */
export interface OrderFrame extends AnyFrame {
  min(): Aggregate;
  max(): Aggregate;
  /** Value of the event that came first; of those with one. */
  first(): Aggregate;
  /** Value of the event that came last; of those with one. */
  last(): Aggregate;
  /** Values of the k events that came first, the first one first: k features, `name1` to `name<k>`. k: 1 to 100. */
  firstK(k: number): AggregateList;
  /** Values of the k events that came last, the last one first. */
  lastK(k: number): AggregateList;
  /** The k greatest values, the greatest first. */
  topK(k: number): AggregateList;
  /** The k least values, the least first. */
  bottomK(k: number): AggregateList;
}

/** Aggregates of quantities. */
export interface SumFrame extends OrderFrame {
  /** 0 for an empty window. */
  sum(): Aggregate;
  mean(): Aggregate;
  /** Of a sample (n - 1); missing for fewer than two events. */
  variance(): Aggregate;
  /** Root of the variance. */
  stddev(): Aggregate;
  /** Third standardised moment of a population; missing where all values are equal. */
  skew(): Aggregate;
  /** Fourth standardised moment of a population, less 3; missing where all values are equal. */
  kurtosis(): Aggregate;
  /** Value at a share (0 to 1) of the sorted values, within a relative error (default 0.01). */
  quantile(share: number, options?: { readonly relativeError?: number }): Aggregate;
  /** How many values lie below the first bound, between two of them [from, to), and from the last on: features `name0` to `name<n>`. */
  histogram(bounds: readonly number[]): AggregateList;
  /** Exponentially weighted moving average, event by event in their order; the newest value has this weight (above 0, at most 1). */
  ewma(weight: number): Aggregate;
}

/** Operators whose results are estimates without a bound, for `parity: 'approx'` only. */
export interface ApproxFrame {
  /** An estimate of a quantile from five running numbers (P2), share above 0 and below 1. */
  approxQuantile(share: number): Aggregate;
}

/** Aggregates of a column of type `T` for a feature of parity `P`. */
export type ColumnFrame<T extends ColumnType, P extends ParityClass = 'exact'> = T extends 'text'
  ? AnyFrame
  : T extends 'timestamp'
    ? OrderFrame
    : P extends 'approx'
      ? SumFrame & ApproxFrame
      : SumFrame;

/** What column frames are made with. */
export interface FrameTools {
  readonly aggregate: (draft: AggregateDraft) => Aggregate;
  readonly subject: string;
}

/** A plain count. */
export const countDraft: AggregateDraft = { plan: { operator: 'count' } };

/** Gives the aggregates of a column. */
export function columnFrame(
  type: ColumnType,
  values: ColumnValues,
  tools: FrameTools,
): AnyFrame | OrderFrame | (SumFrame & ApproxFrame) {
  if (type === 'text') {
    const { expression } = values.raw;
    return anyFrame(textIdentity(expression.kind === 'column' ? expression.column : ''), tools);
  }
  const order = orderFrame(values.raw, tools);
  return type === 'timestamp' ? order : { ...order, ...sumFrame(values, tools) };
}

/** Gives a list of aggregates, each with the suffix of its feature's name. */
export function listOf(items: AggregateList['items'], subject: string): AggregateList {
  if (items.length === 0) throw definitionInvalid(subject, 'wanted at least one value, got none');
  for (const { suffix } of items) {
    if (!/^[a-zA-Z0-9]{1,32}$/.test(suffix)) {
      throw definitionInvalid(
        subject,
        `wanted suffixes of 1 to 32 letters and digits, since they end a feature's name, got '${suffix}'`,
      );
    }
  }
  return Object.freeze({ kind: 'list', items });
}

function anyFrame(
  value: { readonly value: ValuePlan; readonly other?: ValuePlan },
  { aggregate, subject }: FrameTools,
): AnyFrame {
  return {
    countDistinct: () => aggregate({ plan: { operator: 'countDistinct', ...value } }),
    countDistinctSketch: (precision = 12) =>
      aggregate({
        plan: {
          operator: 'countDistinctSketch',
          ...value,
          precision: wholeWithin([4, 16], precision, { subject, what: 'a precision' }),
        },
      }),
  };
}

function orderFrame(value: ValuePlan, tools: FrameTools): OrderFrame {
  const { aggregate, subject } = tools;
  const ranks = (operator: 'first' | 'last' | 'greatest' | 'least', k: number): AggregateList => {
    const count = wholeWithin([1, 100], k, { subject, what: 'a number of values' });
    const items = Array.from({ length: count }, (_, index) => ({
      suffix: String(index + 1),
      aggregate: aggregate({ plan: { operator, value, rank: index + 1 } }),
    }));
    return listOf(items, subject);
  };
  return {
    ...anyFrame({ value }, tools),
    min: () => aggregate({ plan: { operator: 'min', value } }),
    max: () => aggregate({ plan: { operator: 'max', value } }),
    first: () => aggregate({ plan: { operator: 'first', value, rank: 1 } }),
    last: () => aggregate({ plan: { operator: 'last', value, rank: 1 } }),
    firstK: (k) => ranks('first', k),
    lastK: (k) => ranks('last', k),
    topK: (k) => ranks('greatest', k),
    bottomK: (k) => ranks('least', k),
  };
}

type OwnSums = Omit<SumFrame, keyof OrderFrame> & ApproxFrame;

function sumFrame({ raw, natural }: ColumnValues, { aggregate, subject }: FrameTools): OwnSums {
  const moment = (operator: 'sum' | 'mean' | 'variance' | 'stddev' | 'skew' | 'kurtosis') => () =>
    aggregate({ plan: { operator, value: raw } });
  return {
    sum: moment('sum'),
    mean: moment('mean'),
    variance: moment('variance'),
    stddev: moment('stddev'),
    skew: moment('skew'),
    kurtosis: moment('kurtosis'),
    quantile: (share, { relativeError = 0.01 } = {}) =>
      aggregate({
        plan: {
          operator: 'quantile',
          value: natural,
          share: within([0, 1], share, { subject, what: 'a share' }),
          relativeError: within([1e-6, 0.25], relativeError, { subject, what: 'a relative error' }),
        },
      }),
    histogram: (bounds) => listOf(histogramOf(bounds, natural, { aggregate, subject }), subject),
    ewma: (weight) =>
      aggregate({
        plan: {
          operator: 'ewma',
          value: natural,
          weight: within([Number.MIN_VALUE, 1], weight, { subject, what: 'a weight' }),
        },
      }),
    approxQuantile: (share) =>
      aggregate({
        plan: {
          operator: 'approxQuantile',
          value: natural,
          share: within([0.001, 0.999], share, { subject, what: 'a share' }),
        },
      }),
  };
}

/** A histogram is counts under conditions: nothing of its own. */
function histogramOf(
  bounds: readonly number[],
  { expression }: ValuePlan,
  { aggregate, subject }: FrameTools,
): AggregateList['items'] {
  const isAscending = bounds.every(
    (bound, index) =>
      Number.isFinite(bound) && (index === 0 || bound > (bounds[index - 1] ?? bound)),
  );
  if (bounds.length < 1 || bounds.length > 100 || !isAscending) {
    throw definitionInvalid(
      subject,
      `wanted 1 to 100 finite, ascending bounds of a histogram, got ${bounds.join(', ') || 'none'}`,
    );
  }
  const compared = (operator: '<' | '>=', bound: number | undefined): Expression | undefined =>
    bound === undefined
      ? undefined
      : { kind: 'comparison', operator, left: expression, right: { kind: 'number', value: bound } };
  return Array.from({ length: bounds.length + 1 }, (_, index) => {
    const from = compared('>=', bounds[index - 1]);
    const to = compared('<', bounds[index]);
    const filter: Expression | undefined =
      from !== undefined && to !== undefined
        ? { kind: 'logic', operator: 'and', left: from, right: to }
        : (from ?? to);
    const draft = filter === undefined ? countDraft : { ...countDraft, filter };
    return { suffix: String(index), aggregate: aggregate(draft) };
  });
}

interface Named {
  readonly subject: string;
  readonly what: string;
}

function within(
  [least, most]: readonly [number, number],
  value: number,
  { subject, what }: Named,
): number {
  if (value >= least && value <= most) return value;
  throw definitionInvalid(subject, `wanted ${what} of ${least} to ${most}, got ${value}`);
}

function wholeWithin(range: readonly [number, number], value: number, named: Named): number {
  if (Number.isInteger(value)) return within(range, value, named);
  throw definitionInvalid(
    named.subject,
    `wanted ${named.what} that is a whole number of ${range.join(' to ')}, got ${value}`,
  );
}
