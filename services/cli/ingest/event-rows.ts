import type { SourcePlan } from '../../shared/compute/plan.ts';
import type { SourceRows } from '../replay/source-rows.ts';
import type { ParsedEvent } from './parse-event-line.ts';

/** Gives events as columns, in their order. */
export function eventRows({ columns }: SourcePlan, events: readonly ParsedEvent[]): SourceRows {
  const numbers = new Map<string, Float64Array>();
  const texts = new Map<string, readonly string[]>();
  const nulls = new Map<string, Uint8Array>();
  columns.forEach(({ name, type }, index) => {
    const values = events.map((event) => event.values[index] ?? null);
    if (values.includes(null)) {
      nulls.set(
        name,
        Uint8Array.from(values, (value) => Number(value === null)),
      );
    }
    if (type === 'text') {
      texts.set(
        name,
        values.map((value) => String(value ?? '')),
      );
    } else {
      numbers.set(
        name,
        Float64Array.from(values, (value) => Number(value ?? 0)),
      );
    }
  });
  const eventIds = events.flatMap(({ id }) => (id === undefined ? [] : [id]));
  return { rows: events.length, eventIds, numbers, texts, nulls };
}
