import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { type EventTable, nullCode, type TableShape, type TextColumn } from './event-table.ts';
import { textOfNumbers } from './text-columns.ts';

/**
 * Gives the events of a record with all columns of a shape. A column that the source did not have when the record was
 * written is null there; a number that was no key then is made a text now.
 * @throws {MeshError} FAILED_PRECONDITION / SOURCE_INVALID for a column that held texts then and holds numbers now, or the other way round
 */
export function withColumns(
  source: string,
  events: EventTable,
  shape: Pick<TableShape, 'numbers' | 'texts'>,
): EventTable {
  const { rows } = events;
  const numbers = new Map(events.numbers);
  const texts = new Map(events.texts);
  for (const name of shape.numbers) {
    if (numbers.has(name)) continue;
    if (texts.has(name)) throw typeChanged(source, name, 'text');
    numbers.set(name, new Float64Array(rows).fill(Number.NaN));
  }
  for (const name of shape.texts) {
    if (texts.has(name)) continue;
    const own = numbers.get(name);
    texts.set(name, own === undefined ? noTexts(rows) : textOfNumbers(own));
  }
  return { ...events, numbers, texts };
}

/** Gives what tells whether all keys of a row are there: an event without one is of no entity. */
export function keyCheck(keys: readonly TextColumn[]): (row: number) => boolean {
  return (row) => keys.every(({ codes }) => codes[row] !== nullCode);
}

function noTexts(rows: number): TextColumn {
  return { dictionary: [], codes: new Uint32Array(rows).fill(nullCode) };
}

function typeChanged(source: string, name: string, before: 'text'): MeshError {
  return new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'SOURCE_INVALID',
    message: `column '${name}' of source '${source}' held values of type ${before} in events that are in the log, and a number is wanted now; take the change back, or give the new column another name`,
    detail: { source, column: name },
  });
}
