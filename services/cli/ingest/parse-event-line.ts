import { quantizeDecimal } from '../../shared/compute/decimal.ts';
import type { ColumnPlan, SourcePlan } from '../../shared/compute/plan.ts';
import { lineFault } from './line-fault.ts';

/** A value of an event in the form of the wire: decimals as they are written, booleans as 0 and 1, times as epoch ms. */
export type EventValue = number | string | null;

/** One event of a source. */
export interface ParsedEvent {
  /** Undefined where its partition and position say which it is. */
  readonly id: string | undefined;
  /** In the order of the source's columns. */
  readonly values: readonly EventValue[];
}

/** How the lines of a source are read. */
export interface EventForm {
  readonly source: SourcePlan;
  /** Columns that are part of an entity key, and may not be null. */
  readonly keyColumns: ReadonlySet<string>;
  /** Whether events are known by their partition and position, and not by an id. */
  readonly hasPartition: boolean;
}

/** Where an event of a source without an id column has its id. */
const idField = 'eventId';

/**
 * Reads one event: a JSON object with all columns of the source, null where a column has no value. Times are ISO 8601 or milliseconds since 1970; decimals
 * are numbers, or texts as many programs write them; an event of a source without an id column has its id as `eventId`.
 * @throws {MeshError} INVALID_ARGUMENT / EVENT_INVALID naming the line and the column
 */
export function parseEventLine(form: EventForm, text: string, line: number): ParsedEvent {
  const { source } = form;
  const fields = parseObject(text, line);
  const values = source.columns.map((column) => {
    const value = fields[column.name];
    if (value === undefined) {
      throw lineFault(
        line,
        `column '${column.name}' is missing; write null where there is no value`,
      );
    }
    if (value !== null) return parseValue(column, value, line);
    if (isNeeded(form, column.name)) {
      throw lineFault(line, `column '${column.name}' is null, and every event needs one`);
    }
    return null;
  });
  const isIdExtra = isIdField(form);
  const known = new Set(source.columns.map(({ name }) => name));
  const unknown = Object.keys(fields).find(
    (name) => !known.has(name) && !(isIdExtra && name === idField),
  );
  if (unknown !== undefined) {
    throw lineFault(
      line,
      `source '${source.name}' has no column '${unknown}'; it has ${[...known].join(', ')}`,
    );
  }
  return { id: form.hasPartition ? undefined : idOf(form, fields, line), values };
}

/** Such a source numbers its history by the rows of its file; what comes later needs ids of its own. */
function isIdField({ source, hasPartition }: EventForm): boolean {
  return !hasPartition && source.eventId === 'file_row_number';
}

function isNeeded({ source, keyColumns, hasPartition }: EventForm, name: string): boolean {
  if (name === source.eventTime || keyColumns.has(name)) return true;
  return !hasPartition && name === source.eventId;
}

type Fields = Readonly<Record<string, unknown>>;

function parseObject(text: string, line: number): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw lineFault(line, `wanted one JSON object a line, got '${shown(text)}'`, error);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw lineFault(line, `wanted one JSON object a line, got '${shown(text)}'`);
}

function idOf(form: EventForm, fields: Fields, line: number): string {
  const name = isIdField(form) ? idField : form.source.eventId;
  const id = fields[name];
  if (typeof id === 'string' && id !== '') return id;
  if (Number.isSafeInteger(id)) return String(id);
  throw lineFault(
    line,
    `wanted the id of the event as '${name}', a text or a whole number; events of an ordered file can go without with --partition <name>`,
  );
}

function parseValue(column: ColumnPlan, value: unknown, line: number): number | string {
  const parsed = parsers[column.type](value, column);
  if (parsed !== undefined) return parsed;
  const digits = column.precision === undefined ? '' : ` of at most ${column.precision} digits`;
  throw lineFault(
    line,
    `column '${column.name}' wants ${forms[column.type]}${digits}, got ${shown(JSON.stringify(value))}`,
  );
}

const forms: Readonly<Record<ColumnPlan['type'], string>> = {
  int: 'a whole number within 2^53',
  decimal: 'a decimal such as 12.34',
  float: 'a finite number',
  bool: 'true or false',
  text: 'a text',
  timestamp: 'a time such as "2025-04-01T09:30Z", or whole milliseconds since 1970',
};

type Parser = (value: unknown, column: ColumnPlan) => number | string | undefined;

const parsers: Readonly<Record<ColumnPlan['type'], Parser>> = {
  int: (value) => (Number.isSafeInteger(value) ? Number(value) : undefined),
  decimal: (value, { precision = 15, scale = 0 }) => {
    const isText = typeof value === 'string' && /^[+-]?\d+(\.\d+)?$/.test(value);
    const number = typeof value === 'number' || isText ? Number(value) : Number.NaN;
    return Math.abs(quantizeDecimal(number, scale)) < 10 ** precision ? number : undefined;
  },
  float: (value) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined),
  bool: (value) => (typeof value === 'boolean' ? Number(value) : undefined),
  text: (value) => (typeof value === 'string' ? value : undefined),
  timestamp: (value) => {
    if (typeof value === 'number') return Number.isSafeInteger(value) ? value : undefined;
    return typeof value === 'string' ? timeOf(value) : undefined;
  },
};

const timeForm = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?)?$/;

/** UTC where the text names no zone. A day that the calendar does not have would be taken for one of the next month. */
function timeOf(text: string): number | undefined {
  const [, day = '', time = '00:00', zone = 'Z'] = timeForm.exec(text) ?? [];
  const dayMs = Date.parse(day);
  if (Number.isNaN(dayMs) || new Date(dayMs).toISOString().slice(0, 10) !== day) return undefined;
  const timeMs = Date.parse(`${day}T${time}${zone}`);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

function shown(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
