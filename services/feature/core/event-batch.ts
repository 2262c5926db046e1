import type { ColumnPlan } from '../../shared/compute/plan.ts';
import { entityKeySeparator } from '../../shared/compute/plan.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { EventTable, TextColumn } from './event-table.ts';
import type { SourceSchema } from './source-schema.ts';

/** Events as they come from a caller: not yet checked. */
export interface IncomingEvents {
  readonly rows: number;
  readonly ids: readonly string[];
  readonly columns: readonly IncomingColumn[];
}

/** One column of incoming events: numbers or texts, the other one is empty. */
export interface IncomingColumn {
  readonly name: string;
  readonly numbers: Float64Array;
  readonly texts: readonly string[];
}

/** Most events of one batch. */
export const batchRowsMax = 4_096;

/** Longest event id and longest part of an entity key, in UTF-16 units: an LMDB key holds 1,978 bytes. */
export const textKeyLengthMax = 128;

/** Largest absolute value of a timestamp: what a date can hold. */
const timestampMax = 8.64e15;

/**
 * Checks incoming events against the schema of their source and gives them as a table, in their order, with seq 0.
 * Nothing of a batch is taken when any of it is wrong.
 * @throws {MeshError} INVALID_ARGUMENT / EVENT_INVALID naming the first column or row that is wrong.
 */
export function parseEventBatch(schema: SourceSchema, events: IncomingEvents): EventTable {
  const { rows, ids } = events;
  if (!Number.isInteger(rows) || rows < 1 || rows > batchRowsMax) {
    throw invalid(schema, `wanted 1 to ${batchRowsMax} events a batch, got ${rows}`);
  }
  checkIds(schema, ids, rows);
  const columns = columnsByName(schema, events.columns);
  const numbers = new Map<string, Float64Array>();
  for (const column of schema.numberColumns) {
    numbers.set(
      column.name,
      parseNumbers(schema, column, { rows, from: columns.get(column.name) }),
    );
  }
  const texts = new Map<string, TextColumn>();
  for (const column of schema.textColumns) {
    texts.set(
      column.name,
      parseTexts(schema, column.name, { rows, from: columns.get(column.name) }),
    );
  }
  for (const name of schema.keyColumns) {
    const column = texts.get(name) ?? textOfNumbers(numbers.get(name) ?? new Float64Array(rows));
    checkKeys(schema, name, column.dictionary);
    texts.set(name, column);
  }
  const eventTimes = numbers.get(schema.source.eventTime) ?? new Float64Array(rows);
  return {
    rows,
    ts: eventTimes.map((time) => time + schema.source.visibleAfterMs),
    seq: new Float64Array(rows),
    numbers,
    texts,
    ids,
  };
}

/** Gives some rows of a batch, in their order, numbered from `firstSeq`. */
export function takeRows(batch: EventTable, rows: Uint32Array, firstSeq: number): EventTable {
  if (rows.length === batch.rows) {
    return { ...batch, seq: Float64Array.from(rows, (_, index) => firstSeq + index) };
  }
  const pick = (column: Float64Array): Float64Array =>
    Float64Array.from(rows, (row) => column[row] ?? Number.NaN);
  return {
    rows: rows.length,
    ts: pick(batch.ts),
    seq: Float64Array.from(rows, (_, index) => firstSeq + index),
    numbers: new Map([...batch.numbers].map(([name, column]) => [name, pick(column)])),
    texts: new Map(
      [...batch.texts].map(([name, { dictionary, codes }]) => [
        name,
        { dictionary, codes: Uint32Array.from(rows, (row) => codes[row] ?? 0) },
      ]),
    ),
    ids: Array.from(rows, (row) => batch.ids[row] ?? ''),
  };
}

function checkIds(schema: SourceSchema, ids: readonly string[], rows: number): void {
  if (ids.length !== rows) {
    throw invalid(schema, `wanted ${rows} event ids, one an event, got ${ids.length}`);
  }
  const wrong = ids.findIndex((id) => id.length < 1 || id.length > textKeyLengthMax);
  if (wrong >= 0) {
    throw invalid(
      schema,
      `wanted event ids of 1 to ${textKeyLengthMax} characters, got one of ${ids[wrong]?.length} in row ${wrong}`,
    );
  }
}

function columnsByName(
  schema: SourceSchema,
  columns: readonly IncomingColumn[],
): ReadonlyMap<string, IncomingColumn> {
  const known = new Set(schema.source.columns.map((column) => column.name));
  const byName = new Map<string, IncomingColumn>();
  for (const column of columns) {
    if (!known.has(column.name)) {
      throw invalid(
        schema,
        `the source has no column '${column.name}'; it has ${[...known].join(', ')}`,
      );
    }
    if (byName.has(column.name)) throw invalid(schema, `column '${column.name}' came twice`);
    byName.set(column.name, column);
  }
  return byName;
}

interface ParseFrom {
  readonly rows: number;
  readonly from: IncomingColumn | undefined;
}

function parseNumbers(
  schema: SourceSchema,
  column: ColumnPlan,
  { rows, from }: ParseFrom,
): Float64Array {
  const { name, type } = column;
  if (from === undefined) throw invalid(schema, `column '${name}' is missing`);
  if (from.numbers.length !== rows) {
    throw invalid(
      schema,
      `wanted ${rows} values of type ${type} in the numbers of column '${name}', got ${from.numbers.length}`,
    );
  }
  const accepts = numberChecks[type];
  // Adding 0 makes a zero of a negative zero: the two would be equal, and differ in their bits.
  const values = from.numbers.map((value) => value + 0);
  const wrong = values.findIndex((value) => !accepts(value));
  if (wrong >= 0) {
    throw invalid(schema, `column '${name}' has a value in row ${wrong} that is no ${type}`);
  }
  return values;
}

const numberChecks: Readonly<Record<ColumnPlan['type'], (value: number) => boolean>> = {
  int: Number.isSafeInteger,
  float: Number.isFinite,
  bool: (value) => value === 0 || value === 1,
  timestamp: (value) => Number.isInteger(value) && Math.abs(value) <= timestampMax,
  text: () => false,
};

function parseTexts(schema: SourceSchema, name: string, { rows, from }: ParseFrom): TextColumn {
  if (from === undefined) throw invalid(schema, `column '${name}' is missing`);
  if (from.texts.length !== rows) {
    throw invalid(
      schema,
      `wanted ${rows} values in the texts of column '${name}', got ${from.texts.length}`,
    );
  }
  return dictionaryOf(from.texts);
}

function textOfNumbers(values: Float64Array): TextColumn {
  return dictionaryOf(Array.from(values, String));
}

function dictionaryOf(texts: readonly string[]): TextColumn {
  const dictionary: string[] = [];
  const codeOf = new Map<string, number>();
  const codes = new Uint32Array(texts.length);
  texts.forEach((text, row) => {
    let code = codeOf.get(text);
    if (code === undefined) {
      code = dictionary.push(text) - 1;
      codeOf.set(text, code);
    }
    codes[row] = code;
  });
  return { dictionary, codes };
}

function checkKeys(schema: SourceSchema, name: string, texts: readonly string[]): void {
  const wrong = texts.find(
    (text) =>
      text.length < 1 || text.length > textKeyLengthMax || text.includes(entityKeySeparator),
  );
  if (wrong === undefined) return;
  throw invalid(
    schema,
    `wanted keys of 1 to ${textKeyLengthMax} characters without U+001F in column '${name}', got one of ${wrong.length} characters`,
  );
}

function invalid({ source }: SourceSchema, fault: string): MeshError {
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'EVENT_INVALID',
    message: `events of source '${source.name}': ${fault}; nothing of the batch was taken`,
    detail: { source: source.name },
  });
}
