import { quantizeDecimal } from '../../shared/compute/decimal.ts';
import type { ColumnPlan } from '../../shared/compute/plan.ts';
import { hasControlCharacters } from '../../shared/kernel/control-characters.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { BatchIds } from './batch-ids.ts';
import { type EventTable, nullCode, pickRows, type TextColumn } from './event-table.ts';
import type { SourceSchema } from './source-schema.ts';
import { dictionaryOf, textOfNumbers } from './text-columns.ts';

/** Events as they come from a caller: not yet checked. */
export interface IncomingEvents {
  readonly rows: number;
  /** Ids, or none where a partition says who the events are. */
  readonly ids: readonly string[];
  /** Name of the partition; empty where ids say who the events are. */
  readonly partition: string;
  /** Position of the first event in the partition. */
  readonly firstPosition: number;
  readonly columns: readonly IncomingColumn[];
}

/** One column of incoming events: numbers or texts, the other one is empty. */
export interface IncomingColumn {
  readonly name: string;
  readonly numbers: Float64Array;
  readonly texts: readonly string[];
  /** 1 where the value is null, 0 elsewhere, one a row; empty where none is. */
  readonly nulls: Uint8Array;
}

/** Events that were checked, and who they are. */
export interface EventBatch {
  readonly events: EventTable;
  readonly ids: BatchIds;
}

/** Event times that are taken, epoch ms, both bounds included. */
export interface EventTimeBounds {
  readonly leastMs: number;
  readonly mostMs: number;
}

/** Most events of one batch. */
export const batchRowsMax = 4_096;

/** Longest event id, partition name and part of an entity key, in UTF-16 units: an LMDB key holds 1,978 bytes. */
export const textKeyLengthMax = 128;

/** Largest absolute value of a timestamp: what a date can hold. */
const timestampMax = 8.64e15;

/**
 * Checks incoming events against the schema of their source and gives them as a table, in their order, with seq 0.
 * Nothing of a batch is taken when any of it is wrong.
 * @throws {MeshError} INVALID_ARGUMENT / EVENT_INVALID naming the first column or row that is wrong.
 */
export function parseEventBatch(
  schema: SourceSchema,
  incoming: IncomingEvents,
  bounds: EventTimeBounds,
): EventBatch {
  const { rows } = incoming;
  if (!Number.isInteger(rows) || rows < 1 || rows > batchRowsMax) {
    throw invalid(schema, `wanted 1 to ${batchRowsMax} events a batch, got ${rows}`);
  }
  const ids = parseIds(schema, incoming);
  const columns = columnsByName(schema, incoming.columns);
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
    checkKeys(schema, name, column);
    texts.set(name, column);
  }
  const eventTimes = numbers.get(schema.source.eventTime) ?? new Float64Array(rows);
  checkEventTimes(schema, eventTimes, bounds);
  const { visibleAfterMs } = schema.source;
  const ts = eventTimes.map((time) => time + visibleAfterMs);
  return { ids, events: { rows, ts, seq: new Float64Array(rows), numbers, texts, ids: [] } };
}

/** Gives some rows of a batch, in their order, numbered from `firstSeq`. */
export function takeRows(events: EventTable, rows: Uint32Array, firstSeq: number): EventTable {
  const taken = rows.length === events.rows ? events : pickRows(events, rows);
  const seq = new Float64Array(rows.length);
  for (let row = 0; row < seq.length; row += 1) seq[row] = firstSeq + row;
  return { ...taken, seq };
}

function parseIds(schema: SourceSchema, incoming: IncomingEvents): BatchIds {
  const { rows, ids, partition, firstPosition } = incoming;
  if (partition === '') {
    checkIds(schema, ids, rows);
    return { kind: 'texts', texts: ids };
  }
  if (ids.length > 0) {
    throw invalid(
      schema,
      `wanted event ids or a partition, got both: ${ids.length} ids and partition '${partition.slice(0, textKeyLengthMax)}'`,
    );
  }
  if (partition.length > textKeyLengthMax) {
    throw invalid(
      schema,
      `wanted a partition name of 1 to ${textKeyLengthMax} characters, got one of ${partition.length}`,
    );
  }
  if (!Number.isSafeInteger(firstPosition + rows) || firstPosition < 0) {
    throw invalid(
      schema,
      `wanted a whole number of 0 to 2^53 - 1 less the number of events as first position, got ${firstPosition}`,
    );
  }
  return { kind: 'positions', partition, first: firstPosition };
}

function checkIds(schema: SourceSchema, ids: readonly string[], rows: number): void {
  if (ids.length !== rows) {
    throw invalid(
      schema,
      `wanted ${rows} event ids, one an event, or a partition and its first position, got ${ids.length} ids`,
    );
  }
  for (let row = 0; row < rows; row += 1) {
    const length = ids[row]?.length ?? 0;
    if (length >= 1 && length <= textKeyLengthMax) continue;
    throw invalid(
      schema,
      `wanted event ids of 1 to ${textKeyLengthMax} characters, got one of ${length} in row ${row}`,
      row,
    );
  }
}

/** Times that cannot be right: one from the far future would make all that follows late. */
function checkEventTimes(
  schema: SourceSchema,
  times: Float64Array,
  { leastMs, mostMs }: EventTimeBounds,
): void {
  for (let row = 0; row < times.length; row += 1) {
    const time = times[row] ?? Number.NaN;
    if (time >= leastMs && time <= mostMs) continue;
    const side = time > mostMs ? 'in the far future' : 'in the far past';
    throw invalid(
      schema,
      `column '${schema.source.eventTime}' has a time ${side} in row ${row}: wanted ${leastMs} to ${mostMs} (milliseconds since 1970), got ${time}`,
      row,
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
  if (from.numbers.length !== rows || from.texts.length > 0) {
    throw invalid(
      schema,
      `wanted ${rows} values of type ${type} in the numbers of column '${name}', and no texts, got ${from.numbers.length} numbers and ${from.texts.length} texts`,
    );
  }
  const isNull = nullsOf(schema, from, rows);
  const accepts = numberChecks[type];
  const values = new Float64Array(rows);
  for (let row = 0; row < rows; row += 1) {
    // Adding 0 makes a zero of a negative zero: the two would be equal, and differ in their bits.
    const value = isNull[row] === 1 ? Number.NaN : stored(column, from.numbers[row]);
    if (!(accepts(value) && hasRoom(column, value)) && isNull[row] !== 1)
      throw wrongNumber(schema, column, { row, value });
    values[row] = value;
  }
  if (isNull.length > 0 && name === schema.source.eventTime) refuseNulls(schema, name, isNull);
  return values;
}

/** Whether a decimal has no more digits than its column. */
function hasRoom({ type, precision = 15 }: ColumnPlan, value: number): boolean {
  return type !== 'decimal' || Math.abs(value) < 10 ** precision;
}

/** Gives a value as it is stored: a decimal as a whole number of its last digits. */
function stored({ type, scale = 0 }: ColumnPlan, value = Number.NaN): number {
  return type === 'decimal' ? quantizeDecimal(value, scale) : value + 0;
}

function wrongNumber(
  schema: SourceSchema,
  { name, type, precision, scale }: ColumnPlan,
  { row, value }: { readonly row: number; readonly value: number },
): MeshError {
  const what = Number.isNaN(value)
    ? 'NaN, which says nothing: send null (a 1 in the nulls of the column) where there is no value'
    : `a value that is no ${type}${precision === undefined ? '' : `(${precision}, ${scale})`}`;
  return invalid(
    schema,
    `column '${name}' has a value in row ${row} that is not taken: ${what}`,
    row,
  );
}

const numberChecks: Readonly<Record<ColumnPlan['type'], (value: number) => boolean>> = {
  int: Number.isSafeInteger,
  decimal: Number.isSafeInteger,
  float: Number.isFinite,
  bool: (value) => value === 0 || value === 1,
  timestamp: (value) => Number.isInteger(value) && Math.abs(value) <= timestampMax,
  text: () => false,
};

function parseTexts(schema: SourceSchema, name: string, { rows, from }: ParseFrom): TextColumn {
  if (from === undefined) throw invalid(schema, `column '${name}' is missing`);
  if (from.texts.length !== rows || from.numbers.length > 0) {
    throw invalid(
      schema,
      `wanted ${rows} values in the texts of column '${name}', and no numbers, got ${from.texts.length} texts and ${from.numbers.length} numbers`,
    );
  }
  const isNull = nullsOf(schema, from, rows);
  const column = dictionaryOf(from.texts);
  if (isNull.length === 0) return column;
  return {
    ...column,
    codes: column.codes.map((code, row) => (isNull[row] === 1 ? nullCode : code)),
  };
}

/** Gives one byte a row, 1 where the value is null, or nothing where none is. */
function nullsOf(schema: SourceSchema, { name, nulls }: IncomingColumn, rows: number): Uint8Array {
  if (nulls.length === 0) return nulls;
  if (nulls.length !== rows || nulls.some((byte) => byte > 1)) {
    throw invalid(
      schema,
      `wanted no nulls of column '${name}', or ${rows} bytes of 0 and 1, got ${nulls.length} bytes`,
    );
  }
  return nulls;
}

function refuseNulls(schema: SourceSchema, name: string, isNull: Uint8Array): void {
  const row = isNull.indexOf(1);
  if (row < 0) return;
  throw invalid(
    schema,
    `column '${name}' is null in row ${row}, and every event needs its keys and its event time`,
    row,
  );
}

function checkKeys(schema: SourceSchema, name: string, { dictionary, codes }: TextColumn): void {
  const nullRow = codes.indexOf(nullCode);
  if (nullRow >= 0)
    refuseNulls(
      schema,
      name,
      Uint8Array.from(codes, (code) => Number(code === nullCode)),
    );
  const wrong = dictionary.findIndex(
    (text) => text.length < 1 || text.length > textKeyLengthMax || hasControlCharacters(text),
  );
  if (wrong < 0) return;
  const row = codes.indexOf(wrong);
  throw invalid(
    schema,
    `wanted keys of 1 to ${textKeyLengthMax} characters without control characters in column '${name}', got one of ${dictionary[wrong]?.length} characters in row ${row}`,
    row,
  );
}

/** `row` where one event is at fault: its place in the batch, from 0. */
function invalid({ source }: SourceSchema, fault: string, row?: number): MeshError {
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'EVENT_INVALID',
    message: `events of source '${source.name}': ${fault}; nothing of the batch was taken`,
    detail: { source: source.name, ...(row === undefined ? {} : { row }) },
  });
}
