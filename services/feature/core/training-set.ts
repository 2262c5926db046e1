import assert from 'node:assert/strict';
import type { EventColumns } from '../../shared/compute/event-columns.ts';
import { columnsOf, compileExpression, type Expression } from '../../shared/compute/expression.ts';
import type { FeatureSetPlan, ViewPlan } from '../../shared/compute/plan.ts';
import { compileRequestFeatures } from '../../shared/compute/request-features.ts';
import { compileRow, viewColumnsOf } from '../../shared/compute/row.ts';
import type { TrainingRows } from '../../shared/compute/training-rows.ts';
import { columnOf, type EventTable, nullCode, type TableShape } from './event-table.ts';
import { chooseExamples, compareIds } from './training-sample.ts';

/** What makes examples of the events of a source. */
export interface ExampleRule {
  /** Timestamp column that gives time t. */
  readonly at: string;
  /** Gives 1 or 0; NaN leaves an example out. */
  readonly label: Expression;
  /** Examples with t in [fromMs, untilMs). */
  readonly fromMs: number;
  readonly untilMs: number;
  /** 0 means all. */
  readonly rowsMax: number;
  readonly seed: number;
  /** Columns that are given beside the rows. */
  readonly segments: readonly ExampleSegment[];
}

/** A column of the examples that is given beside the rows. */
export interface ExampleSegment {
  readonly name: string;
  /** How an {@link EventTable} holds it. */
  readonly held: 'text' | 'number';
}

/** Examples in the order of (t, event id), chosen and labelled. */
export interface Examples {
  readonly table: EventTable;
  /** Rows of the table, in order. */
  readonly rows: Uint32Array;
  /** Time t of each of them. */
  readonly atMs: Float64Array;
  readonly labels: Float32Array;
}

/** Gives the columns that examples need: time, label, request inputs and join keys. */
export function exampleShape(rule: ExampleRule, featureSet: FeatureSetPlan): TableShape {
  const inputs = featureSet.requestInputs.map((input) => input.name);
  const named = (held: ExampleSegment['held']): readonly string[] =>
    rule.segments.filter((segment) => segment.held === held).map(({ name }) => name);
  return {
    numbers: [...new Set([rule.at, ...columnsOf(rule.label), ...inputs, ...named('number')])],
    texts: [...new Set([...featureSet.joinKeys, ...named('text')])],
    hasIds: true,
  };
}

/** Gives, for a table, what tells the time t of each row that is an example of the rule; NaN for one that is none. */
export function exampleCheck(
  rule: ExampleRule,
): (table: EventTable) => { readonly timeOf: (row: number) => number } {
  const labelColumns = columnsOf(rule.label);
  const label = compileExpression(rule.label, labelColumns);
  return (table) => {
    const at = columnOf(table.numbers, rule.at);
    const inputs = labelColumns.map((name) => columnOf(table.numbers, name));
    return {
      timeOf: (row) => {
        const t = at[row] ?? Number.NaN;
        const isMeant = t >= rule.fromMs && t < rule.untilMs && !Number.isNaN(label(inputs, row));
        return isMeant ? t : Number.NaN;
      },
    };
  };
}

/** Chooses and labels examples out of a source's events. */
export function chosenExamples(table: EventTable, rule: ExampleRule): Examples {
  const at = columnOf(table.numbers, rule.at);
  const labelColumns = columnsOf(rule.label);
  const label = compileExpression(rule.label, labelColumns);
  const inputs = labelColumns.map((name) => columnOf(table.numbers, name));
  const { timeOf } = exampleCheck(rule)(table);
  const candidates = new Uint32Array(table.rows);
  let count = 0;
  for (let row = 0; row < table.rows; row += 1) {
    if (Number.isNaN(timeOf(row))) continue;
    candidates[count] = row;
    count += 1;
  }
  const rows = chooseExamples(candidates.slice(0, count), table, rule).sort(
    (left, right) => (at[left] ?? 0) - (at[right] ?? 0) || compareIds(table, left, right),
  );
  return {
    table,
    rows,
    atMs: Float64Array.from(rows, (row) => at[row] ?? 0),
    labels: Float32Array.from(rows, (row) => label(inputs, row)),
  };
}

/** Gives some of the examples, by their indexes, ascending. */
export function pickExamples(examples: Examples, indexes: Uint32Array): Examples {
  return {
    table: examples.table,
    rows: indexes.map((index) => examples.rows[index] ?? 0),
    atMs: Float64Array.from(indexes, (index) => examples.atMs[index] ?? 0),
    labels: Float32Array.from(indexes, (index) => examples.labels[index] ?? 0),
  };
}

/** One view over the examples: feature values [examples, features of the view] row-major. */
export type ViewValues = Float64Array;

/** Some rows of a set: as a model gets them, and their values before they were rounded for it. */
export interface AssembledRows {
  readonly rows: TrainingRows;
  /** [rows, columns] row-major; `rows.features` rounded to float32. */
  readonly values: Float64Array;
  /** For each segment column that was asked for, the value of each row as a text, empty where it is null. */
  readonly segments: readonly (readonly string[])[];
}

/** What rows are assembled from. */
export interface RowParts {
  readonly views: readonly ViewValues[];
  readonly messageRowsMax: number;
  readonly segments: readonly ExampleSegment[];
}

/** Gives the rows of a set, in messages of at most `messageRowsMax` rows. */
export function* assembleTrainingRows(
  featureSet: FeatureSetPlan,
  examples: Examples,
  parts: RowParts,
): Generator<AssembledRows> {
  const { columns, assemble } = compileRow(featureSet);
  const fill = rowFiller(featureSet, examples, parts.views);
  for (let from = 0; from < examples.rows.length; from += parts.messageRowsMax) {
    const rows = Math.min(parts.messageRowsMax, examples.rows.length - from);
    const values = new Float64Array(rows * columns);
    for (let row = 0; row < rows; row += 1) assemble(fill(from + row), values, row * columns);
    const labels = examples.labels.slice(from, from + rows);
    const atMs = examples.atMs.slice(from, from + rows);
    const eventIds = Array.from(
      examples.rows.subarray(from, from + rows),
      (row) => examples.table.ids[row] ?? '',
    );
    const features = Float32Array.from(values);
    const chosen = examples.rows.subarray(from, from + rows);
    const segments = parts.segments.map((segment) => segmentTexts(examples, segment, chosen));
    yield { rows: { rows, columns, features, labels, atMs, eventIds }, values, segments };
  }
}

function segmentTexts(
  { table }: Examples,
  { name, held }: ExampleSegment,
  rows: Uint32Array,
): readonly string[] {
  if (held === 'text') {
    const { dictionary, codes } = columnOf(table.texts, name);
    return Array.from(rows, (row) => dictionary[codes[row] ?? nullCode] ?? '');
  }
  const values = columnOf(table.numbers, name);
  return Array.from(rows, (row) => {
    const value = values[row] ?? Number.NaN;
    return Number.isNaN(value) ? '' : String(value);
  });
}

type RowSource = Parameters<ReturnType<typeof compileRow>['assemble']>[0];

/** Gives what puts the parts of one example's row together; the parts are overwritten by the next row. */
function rowFiller(
  featureSet: FeatureSetPlan,
  examples: Examples,
  views: readonly ViewValues[],
): (example: number) => RowSource {
  const inputNames = featureSet.requestInputs.map((input) => input.name);
  const request = compileRequestFeatures(featureSet.requestFeatures, inputNames);
  const inputs = inputNames.map((name) => columnOf(examples.table.numbers, name));
  const viewColumns = viewColumnsOf(featureSet).map(({ column }) => {
    const values = views[column.viewIndex];
    const width = featureSet.views[column.viewIndex]?.features.length;
    assert(values !== undefined && width !== undefined, 'every view was swept');
    return { values, width, featureIndex: column.featureIndex };
  });
  const parts: RowSource = {
    views: new Float64Array(viewColumns.length),
    viewOffset: 0,
    requests: new Float64Array(featureSet.requestFeatures.length),
    requestOffset: 0,
  };
  return (example) => {
    viewColumns.forEach(({ values, width, featureIndex }, column) => {
      parts.views[column] = values[example * width + featureIndex] ?? Number.NaN;
    });
    request.compute(inputs, examples.rows[example] ?? 0, parts.requests, 0);
    return parts;
  };
}

/** Gives the keys of the examples, one a row. */
export function exampleKeys(
  { table, rows }: Examples,
  joinKeys: readonly string[],
): EventTable['texts'] {
  return new Map(
    joinKeys.map((name) => {
      const { dictionary, codes } = columnOf(table.texts, name);
      return [name, { dictionary, codes: Uint32Array.from(rows, (row) => codes[row] ?? nullCode) }];
    }),
  );
}

/** Gives the columns of an entity without events. */
export function emptyEvents(view: ViewPlan): EventColumns {
  return {
    rows: 0,
    ts: new Float64Array(0),
    seq: new Float64Array(0),
    columns: new Map(view.columns.map((name) => [name, new Float64Array(0)])),
  };
}
