import { quantizeDecimal } from '../shared/compute/decimal.ts';
import type { ColumnPlan, FeatureSetPlan } from '../shared/compute/plan.ts';
import { compileRequestFeatures } from '../shared/compute/request-features.ts';
import { compileRow, viewColumnsOf } from '../shared/compute/row.ts';
import type { InputValue } from './parse-assignments.ts';
import type { ServedValue } from './rpc/feature-values.ts';

/** One feature of an answer. */
export interface FeatureLine {
  readonly name: string;
  /** Undefined where a request feature lacks what it is computed from. */
  readonly value: number | undefined;
  /** Of a view's value: where it is not present, the default stands in. Others are computed on this side. */
  readonly status: string;
  /** Time of the newest event of the entity before t, epoch ms; undefined where there is none. */
  readonly newestEventMs: number | undefined;
}

/** What is asked with, as the wire calls it: number, text, flag or time, by name. */
export function requestTypesOf({
  requestInputs,
}: FeatureSetPlan): Readonly<Record<string, string>> {
  return Object.fromEntries(requestInputs.map(({ name, type }) => [name, requestTypes[type]]));
}

const requestTypes: Readonly<Record<ColumnPlan['type'], string>> = {
  int: 'number',
  decimal: 'number',
  float: 'number',
  text: 'text',
  bool: 'flag',
  timestamp: 'time',
};

/** Gives the features of a set in their order: what views gave, and what is computed from those and from the request. */
export function featureSheet(
  featureSet: FeatureSetPlan,
  served: readonly ServedValue[],
  request: Readonly<Record<string, InputValue>>,
): readonly FeatureLine[] {
  const requests = requestValues(featureSet, request);
  const row = new Float64Array(featureSet.columns.length);
  const views = Float64Array.from(served, ({ value }) => value);
  compileRow(featureSet).assemble({ views, viewOffset: 0, requests, requestOffset: 0 }, row, 0);
  const cells = viewColumnsOf(featureSet);
  const lineOf = {
    view: (name: string, value: number) =>
      viewLine(name, value, served[cells.findIndex(({ column }) => column.name === name)]),
    derived: (name: string, value: number) => computedLine(name, value, 'of other features'),
    request: (name: string, value: number) => computedLine(name, value, 'of the request'),
  };
  return featureSet.columns.map((column, index) => {
    const isMissing = column.kind === 'request' && Number.isNaN(requests[column.requestIndex]);
    return isMissing
      ? computedLine(column.name, undefined, 'not given')
      : lineOf[column.kind](column.name, row[index] ?? Number.NaN);
  });
}

function viewLine(name: string, value: number, served: ServedValue | undefined): FeatureLine {
  const { status = 'unavailable', newestEventMs = Number.NaN } = served ?? {};
  return {
    name,
    value,
    status,
    newestEventMs: Number.isNaN(newestEventMs) ? undefined : newestEventMs,
  };
}

function computedLine(name: string, value: number | undefined, status: string): FeatureLine {
  return { name, value, status, newestEventMs: undefined };
}

function requestValues(
  { requestFeatures, requestInputs }: FeatureSetPlan,
  request: Readonly<Record<string, InputValue>>,
): Float64Array {
  const names = requestInputs.map(({ name }) => name);
  const columns = requestInputs.map((input) => Float64Array.of(numberOf(input, request)));
  const values = new Float64Array(requestFeatures.length);
  compileRequestFeatures(requestFeatures, names).compute(columns, 0, values, 0);
  return values;
}

function numberOf(
  { name, type, scale = 0 }: ColumnPlan,
  request: Readonly<Record<string, InputValue>>,
): number {
  const given = request[name];
  if (given === undefined || 'text' in given) return Number.NaN;
  if ('flag' in given) return Number(given.flag);
  if ('timeMs' in given) return given.timeMs;
  return type === 'decimal' ? quantizeDecimal(given.number, scale) : given.number;
}
