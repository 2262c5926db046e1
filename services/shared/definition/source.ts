import type { SourcePlan } from '../compute/plan.ts';
import type { ColumnNames, Columns } from './column.ts';
import { definitionInvalid } from './definition-error.ts';
import { type DurationText, durationOf } from './duration-text.ts';

/** Accepts every late event, or drops those older than the newest one by more than a duration. */
export type LatePolicy = 'accept' | { readonly dropAfter: DurationText };

/** Where events come from. */
export interface SourceOptions<C extends Columns> {
  /**
   * Path (absolute, or relative to where the mesh runs), URL, or path inside an installed package, such as
   * `vega-datasets/data/flights-3m.parquet`.
   */
  readonly parquet: string;
  readonly columns: C;
  /** When the event happened. */
  readonly eventTime: ColumnNames<C, 'timestamp'>;
  /** Column with the unique id of an event, or the position in the file. */
  readonly eventId: ColumnNames<C, 'text' | 'int'> | 'file_row_number';
  /** How long after its time an event becomes known; the same delay holds in training and in serving. Default: at once. */
  readonly visibleAfter?: DurationText;
  /**
   * What becomes of an ingested event that is older than the newest one of the source: it is accepted whatever its age, or
   * dropped beyond an age. The log says which were dropped, so that online, training and audit agree. Default: accept.
   */
  readonly late?: LatePolicy;
}

/** A source with the types of its columns. */
export interface SourceDefinition<C extends Columns = Columns> {
  readonly name: string;
  readonly columns: C;
  readonly plan: SourcePlan;
}

/**
 * Gives a source of events.
 * @throws {MeshError} INVALID_ARGUMENT / DEFINITION_INVALID when a name, column or duration doesn't fit.
 */
export function source<const C extends Columns>(
  name: string,
  options: SourceOptions<C>,
): SourceDefinition<C> {
  const subject = `source '${name}'`;
  if (!/^[a-z][a-z0-9-]*$/.test(name)) {
    throw definitionInvalid(subject, 'wanted a name in kebab-case, such as flights');
  }
  const names = Object.keys(options.columns);
  for (const column of names) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(column)) {
      throw definitionInvalid(
        subject,
        `wanted column names of letters, digits and _, got '${column}'; rename it in the file`,
      );
    }
  }
  if (options.columns[options.eventTime]?.type !== 'timestamp') {
    throw definitionInvalid(
      subject,
      `wanted a timestamp column as eventTime, got '${options.eventTime}'; columns are ${names.join(', ')}`,
    );
  }
  if (options.eventId !== 'file_row_number' && !names.includes(options.eventId)) {
    throw definitionInvalid(
      subject,
      `wanted a column or 'file_row_number' as eventId, got '${options.eventId}'`,
    );
  }
  const plan: SourcePlan = {
    name,
    parquet: options.parquet,
    columns: names.map((column) => {
      const { type = 'text', scale, precision } = options.columns[column] ?? {};
      const digits = {
        ...(scale !== undefined && { scale }),
        ...(precision !== undefined && { precision }),
      };
      return { name: column, type, ...digits };
    }),
    eventTime: options.eventTime,
    visibleAfterMs: durationOf(options.visibleAfter ?? '0ms', subject, 0),
    ...(options.late === undefined || options.late === 'accept'
      ? {}
      : { dropAfterMs: durationOf(options.late.dropAfter, subject, 0) }),
    eventId: options.eventId,
  };
  return Object.freeze({ name, columns: options.columns, plan });
}
