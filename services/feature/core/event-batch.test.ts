import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SourcePlan, ViewPlan } from '../../shared/compute/plan.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { batchRowsMax, type IncomingEvents, parseEventBatch, takeRows } from './event-batch.ts';
import { nullCode } from './event-table.ts';
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
  derivedColumns: [],
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
    partition: '',
    firstPosition: 0,
    columns: Object.entries({ ...good, ...change }).map(([name, values]) => ({
      name,
      numbers: Float64Array.from(values.filter((value) => typeof value === 'number')),
      texts: values.filter((value) => typeof value === 'string'),
      nulls: new Uint8Array(0),
    })),
  };
}

const bounds = { leastMs: 0, mostMs: 10 };
const parse = (incoming: IncomingEvents) => parseEventBatch(schema, incoming, bounds);

/** Gives good events with a column whose values are null where they are undefined. */
function withNulls(name: string, values: readonly (number | string | undefined)[]): IncomingEvents {
  const { columns, ...rest } = events();
  const changed = columns.map((column) =>
    column.name === name
      ? { ...column, nulls: Uint8Array.from(values, (value) => Number(value === undefined)) }
      : column,
  );
  return { ...rest, columns: changed };
}

function refuses(incoming: IncomingEvents, message: RegExp): void {
  assert.throws(
    () => parse(incoming),
    (error) =>
      error instanceof MeshError && error.reason === 'EVENT_INVALID' && message.test(error.message),
  );
}

describe('parseEventBatch', () => {
  it('gives visible times, keys as text, and no negative zero', () => {
    const table = parse(events()).events;
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

  it('refuses NaN and says to send null instead', () => {
    refuses(events({ price: [1, Number.NaN] }), /row 1 .* NaN, .*send null/);
  });

  it('refuses times beyond the bounds, in the future and in the past', () => {
    refuses(events({ at: [5, 11] }), /in the far future in row 1: .* got 11/);
    refuses(events({ at: [-1, 5] }), /in the far past in row 0/);
  });

  it('takes nulls, which are neither NaN of a caller nor the empty text', () => {
    const { numbers, texts } = parse(withNulls('price', [1.5, undefined])).events;
    assert.deepEqual([...(numbers.get('price') ?? [])], [1.5, Number.NaN]);
    assert.deepEqual([...(texts.get('city')?.codes ?? [])], [0, 1]);
    const unkeyed = sourceSchema(source, []);
    const parsed = parseEventBatch(unkeyed, withNulls('city', ['a', undefined]), bounds);
    assert.deepEqual([...(parsed.events.texts.get('city')?.codes ?? [])], [0, nullCode]);
  });

  it('refuses nulls of keys and event times, and nulls that do not fit the rows', () => {
    refuses(withNulls('at', [undefined, 6]), /'at' is null in row 0/);
    refuses(withNulls('city', ['a', undefined]), /'city' is null in row 1/);
    refuses(withNulls('driver', [undefined, 8]), /'driver' is null in row 0/);
    refuses(withNulls('price', [1, 2, 3]), /2 bytes of 0 and 1, got 3/);
  });

  it('takes a place in a partition instead of ids, and not both', () => {
    const ordered = { ...events(), ids: [], partition: 'p', firstPosition: 7 };
    assert.deepEqual(parse(ordered).ids, { kind: 'positions', partition: 'p', first: 7 });
    refuses({ ...ordered, ids: ['1', '2'] }, /ids or a partition, got both/);
    refuses({ ...ordered, firstPosition: -1 }, /first position, got -1/);
    refuses({ ...ordered, firstPosition: 1.5 }, /first position, got 1.5/);
    refuses({ ...ordered, firstPosition: 2 ** 53 }, /first position/);
    refuses({ ...ordered, partition: 'p'.repeat(129) }, /partition name of 1 to 128/);
  });

  it('refuses keys that an entity key cannot hold', () => {
    refuses(events({ city: ['', 'b'] }), /1 to 128 characters/);
    for (const key of ['a\u001fb', '\u0000', 'a\u007f']) {
      refuses(events({ city: [key, 'b'] }), /without control characters/);
    }
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
    const table = takeRows(parse(events()).events, Uint32Array.of(1), 41);
    assert.deepEqual([...table.seq], [41]);
    assert.equal(table.texts.get('city')?.dictionary[table.texts.get('city')?.codes[0] ?? 0], 'b');
  });
});
