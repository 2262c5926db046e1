import { invalidOptions } from '../run-error.ts';
import type { Metric, MetricKind, Sink } from './metric.ts';

/** What is computed of a metric before it is compared. */
export type Aggregation =
  | { readonly name: 'count' | 'rate' | 'value' | 'avg' | 'min' | 'max' | 'med' }
  | { readonly name: 'p'; readonly percent: number };

type Operator = '<' | '<=' | '>' | '>=' | '==' | '===' | '!=';

/** A threshold expression, such as `p(99)<50`. */
export interface ThresholdExpression {
  readonly text: string;
  readonly aggregation: Aggregation;
  readonly operator: Operator;
  readonly bound: number;
}

/** How a threshold stands. */
export interface ThresholdState {
  readonly isMet: boolean;
  /** What was compared; undefined while there is nothing to compute it from, which passes as it does in k6. */
  readonly value: number | undefined;
}

const kinds: Readonly<Record<MetricKind, readonly Aggregation['name'][]>> = {
  counter: ['count', 'rate'],
  gauge: ['value'],
  rate: ['rate'],
  trend: ['avg', 'min', 'med', 'max', 'p'],
};

const grammar =
  /^\s*(?:(count|rate|value|avg|min|max|med)|p\(\s*(\d+(?:\.\d+)?)\s*\))\s*(<=|<|>=|>|===|==|!=)\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*$/i;

/**
 * Reads a threshold expression.
 * @throws {RunError} when it is none
 * @source https://grafana.com/docs/k6/latest/using-k6/thresholds/#threshold-expression-syntax
 */
export function parseThreshold(text: string): ThresholdExpression {
  const [, word, percent, operator, bound] = grammar.exec(text) ?? [];
  if (operator === undefined || Number(percent ?? 0) > 100) {
    throw invalidOptions(
      `thresholds: wanted an aggregation (count, rate, value, avg, min, med, max, p(0 to 100)), an operator (< <= > >= == === !=) and a number, such as 'p(99)<50'; got '${text}'`,
    );
  }
  const aggregation: Aggregation =
    percent === undefined
      ? { name: word as Exclude<Aggregation['name'], 'p'> }
      : { name: 'p', percent: Number(percent) };
  return { text, aggregation, operator: operator as Operator, bound: Number(bound) };
}

/** Refuses a threshold that its metric has no such figure for. @throws {RunError} */
export function checkThreshold({ text, aggregation }: ThresholdExpression, metric: Metric): void {
  const wanted = kinds[metric.sink.kind];
  if (wanted.includes(aggregation.name)) return;
  const names = wanted.map((name) => (name === 'p' ? 'p(..)' : name)).join(', ');
  throw invalidOptions(
    `thresholds: '${text}' can't be said of '${metric.name}', a ${metric.sink.kind}, which has ${names}`,
  );
}

/** Compares a metric as it stands after so many ms of the test. */
export function evaluateThreshold(
  { aggregation, operator, bound }: ThresholdExpression,
  metric: Metric,
  elapsedMs: number,
): ThresholdState {
  const value = aggregate(metric.sink, aggregation, elapsedMs);
  return { value, isMet: value === undefined || compare(value, operator, bound) };
}

/** Computes one figure of what a metric took in; undefined when it has no such figure, or nothing to compute it from. */
export function aggregate(
  sink: Sink,
  aggregation: Aggregation,
  elapsedMs: number,
): number | undefined {
  const { name } = aggregation;
  switch (sink.kind) {
    case 'counter':
      return name === 'count' ? sink.count : (sink.count / elapsedMs) * 1_000;
    case 'gauge':
      return sink.value;
    case 'rate': {
      const total = sink.passes + sink.fails;
      return total === 0 ? undefined : sink.passes / total;
    }
    case 'trend':
      if (name === 'avg') return sink.histogram.mean;
      if (name === 'min') return sink.histogram.min;
      if (name === 'max') return sink.histogram.max;
      return sink.histogram.percentile(aggregation.name === 'p' ? aggregation.percent : 50);
  }
}

/** Reads the name of a figure of a trend: `avg`, `min`, `med`, `max`, `count` or `p(99)`. */
export function parseTrendStat(text: string): Aggregation | undefined {
  const [, percent] = /^p\((\d+(?:\.\d+)?)\)$/.exec(text) ?? [];
  if (percent !== undefined && Number(percent) <= 100) {
    return { name: 'p', percent: Number(percent) };
  }
  const name = (['avg', 'min', 'med', 'max', 'count'] as const).find((known) => known === text);
  return name === undefined ? undefined : { name };
}

function compare(value: number, operator: Operator, bound: number): boolean {
  switch (operator) {
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
    case '>':
      return value > bound;
    case '>=':
      return value >= bound;
    case '==':
    case '===':
      return value === bound;
    case '!=':
      return value !== bound;
  }
}
