import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SourcePlan, ViewPlan } from '../../shared/compute/plan.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { batchRowsMax, type IncomingEvents, parseEventBatch, takeRows } from './event-batch.ts';
import { sourceSchema } from './source-schema.ts';

const source: SourcePlan = {
  name: 'trips',
  parquet: 'trips.parquet',
  columns: [
    { name: 'at', type: 'timestamp' },
    { name: 'price', type: 'float' },
    { name: 'seats', type: 'int' },
    { name: 'isPaid', type: 'bool' },
    { name: 'city', type: 'text' },
    { name: 'driver', type: 'int' },
  ],
  eventTime: 'at',
  visibleAfterMs: 1_000,
  eventId: 'file_row_number',
};

const view: ViewPlan = {
  id: 'trips/city,driver',
  source: 'trips',
  by: ['city', 'driver'],
  columns: ['price'],
  features: [],
  retentionMs: 1,
};

const schema = sourceSchema(source, [view]);

/** Gives two good events, with some columns changed. */
function events(change: Record<string, readonly (number | string)[]> = {}): IncomingEvents {
  const good: Record<string, readonly (number | string)[]> = {
    at: [5, 6],
    price: [1.5, -0],
    seats: [1, 2],
    isPaid: [0, 1],
    city: ['a', 'b'],
    driver: [7, 8],
  };
  return {
    rows: 2,
    ids: ['1', '2'],
    columns: Object.entries({ ...good, ...change }).map(([name, values]) => ({
      name,
      numbers: Float64Array.from(values.filter((value) => typeof value === 'number')),
      texts: values.filter((value) => typeof value === 'string'),
    })),
  };
}

function refuses(incoming: IncomingEvents, message: RegExp): void {
  assert.throws(
    () => parseEventBatch(schema, incoming),
    (error) =>
      error instanceof MeshError && error.reason === 'EVENT_INVALID' && message.test(error.message),
  );
}

describe('parseEventBatch', () => {
  it('gives visible times, keys as text, and no negative zero', () => {
    const table = parseEventBatch(schema, events());
    assert.deepEqual([...table.ts], [1_005, 1_006]);
    assert.ok(Object.is(table.numbers.get('price')?.[1], 0));
    assert.deepEqual(table.texts.get('driver')?.dictionary, ['7', '8']);
  });

  it('refuses values that are not of their type, by column and row', () => {
    refuses(events({ price: [1, Number.NaN] }), /'price' has a value in row 1/);
    refuses(events({ price: [Number.POSITIVE_INFINITY, 1] }), /'price'/);
    refuses(events({ seats: [1, 1.5] }), /'seats'/);
    refuses(events({ seats: [1, 2 ** 53] }), /'seats'/);
    refuses(events({ isPaid: [2, 1] }), /'isPaid'/);
    refuses(events({ at: [0.5, 1] }), /'at'/);
    refuses(events({ at: [9e15, 1] }), /'at'/);
    refuses(events({ price: ['1', '2'] }), /wanted 2 values of type float/);
    refuses(events({ city: [1, 2] }), /wanted 2 values in the texts/);
  });

  it('refuses keys that an entity key cannot hold', () => {
    refuses(events({ city: ['', 'b'] }), /1 to 128 characters/);
    refuses(events({ city: ['a\u001fb', 'b'] }), /U\+001F/);
    refuses(events({ city: ['a'.repeat(129), 'b'] }), /129 characters/);
  });

  it('refuses columns that are missing, unknown or there twice', () => {
    const { columns, ...rest } = events();
    refuses({ ...rest, columns: columns.slice(1) }, /'at' is missing/);
    refuses(
      { ...rest, columns: columns.filter(({ name }) => name !== 'city') },
      /'city' is missing/,
    );
    refuses({ ...rest, columns: [...columns, ...columns.slice(0, 1)] }, /'at' came twice/);
    refuses(events({ colour: [1, 2] }), /no column 'colour'/);
  });

  it('refuses numbers of rows and ids that do not fit', () => {
    refuses({ ...events(), rows: 0 }, /1 to 4096 events/);
    refuses({ ...events(), rows: batchRowsMax + 1 }, /1 to 4096 events/);
    refuses({ ...events(), ids: ['1'] }, /2 event ids/);
    refuses({ ...events(), ids: ['1', ''] }, /1 to 128 characters/);
    refuses({ ...events(), ids: ['1', 'x'.repeat(129)] }, /1 to 128 characters/);
  });
});

describe('takeRows', () => {
  it('numbers the rows that it takes', () => {
    const table = takeRows(parseEventBatch(schema, events()), Uint32Array.of(1), 41);
    assert.deepEqual([...table.seq], [41]);
    assert.deepEqual(table.ids, ['2']);
    assert.equal(table.texts.get('city')?.dictionary[table.texts.get('city')?.codes[0] ?? 0], 'b');
  });
});
