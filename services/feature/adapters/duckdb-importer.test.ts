import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { temporaryFolder } from '../../../test/support/fake-mesh.ts';
import type { ColumnType, SourcePlan } from '../../shared/compute/plan.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { fullShape, sourceSchema } from '../core/source-schema.ts';
import { DuckdbImporter, readManifest } from './duckdb-importer.ts';
import { DuckdbSession } from './duckdb-session.ts';
import { DuckdbWarehouse } from './duckdb-warehouse.ts';

const { signal } = new AbortController();

function source(
  columns: Readonly<Record<string, ColumnType>>,
  change: Partial<SourcePlan> = {},
): SourcePlan {
  return {
    name: 'trips',
    parquet: 'trips.parquet',
    columns: Object.entries(columns).map(([name, type]) => ({ name, type })),
    eventTime: 'at',
    visibleAfterMs: 500,
    eventId: 'file_row_number',
    ...change,
  };
}

const columns = {
  at: 'timestamp',
  price: 'float',
  seats: 'int',
  isPaid: 'bool',
  city: 'text',
} as const;
const view = {
  id: 'trips/city',
  source: 'trips',
  by: ['city'],
  columns: [],
  derivedColumns: [],
  features: [],
  retentionMs: 0,
};

describe('DuckdbImporter', () => {
  const folder = temporaryFolder();
  const warehouseFolder = join(folder.path, 'warehouse');
  let session: DuckdbSession;
  let importer: DuckdbImporter;

  before(async () => {
    session = await DuckdbSession.open({
      threadsMax: 1,
      memoryBytesMax: 64 * 1_048_576,
      spillFolder: join(folder.path, 'spill'),
    });
    importer = new DuckdbImporter(session, { meshFolder: folder.path, warehouseFolder });
    await write(`SELECT * FROM (VALUES
      (TIMESTAMP '1970-01-01 00:00:02', 1.5, 1, true, 'b', 'x'),
      (TIMESTAMP '1970-01-01 00:00:01', NULL, 2, false, 'a', 'y'),
      (TIMESTAMP '1970-01-01 00:00:02', -2.5, 3, NULL, 'a', 'x')) rows("at", price, seats, "isPaid", city, id)`);
  });

  after(() => {
    session.close();
    folder[Symbol.dispose]();
  });

  async function write(select: string): Promise<void> {
    const path = join(folder.path, 'trips.parquet');
    await session.run(`COPY (${select}) TO '${path}' (FORMAT parquet)`, signal);
  }

  async function read(plan: SourcePlan) {
    const schema = sourceSchema(plan, [view]);
    const manifest = await importer.import(schema, signal);
    const warehouse = new DuckdbWarehouse(session, warehouseFolder, () => []);
    const request = {
      manifest,
      schema,
      shape: fullShape(schema),
      fromTs: Number.NEGATIVE_INFINITY,
      untilTs: Number.POSITIVE_INFINITY,
      positionMax: 10,
      seqBefore: 100,
    };
    const parts = [];
    for await (const part of warehouse.scan(request, signal)) parts.push(part);
    return { part: parts[0], manifest, warehouse, request };
  }

  async function fault(
    plan: SourcePlan,
    message: RegExp,
    reason = 'SOURCE_INVALID',
  ): Promise<void> {
    await assert.rejects(
      importer.import(sourceSchema(plan, [view]), signal),
      (error) =>
        error instanceof MeshError && error.reason === reason && message.test(error.message),
    );
  }

  it('sorts by visible time, then by row of the file', async () => {
    const { part, manifest, warehouse, request } = await read(source(columns));
    assert.deepEqual([...(part?.ts ?? [])], [1_500, 2_500, 2_500]);
    assert.deepEqual([...(part?.seq ?? [])], [101, 102, 103]);
    assert.deepEqual(part?.ids, ['1', '0', '2']);
    assert.deepEqual([...(part?.numbers.get('price') ?? [])], [Number.NaN, 1.5, -2.5]);
    assert.deepEqual([...(part?.numbers.get('isPaid') ?? [])], [0, 1, Number.NaN]);
    assert.deepEqual([manifest.rows, manifest.firstTs, manifest.lastTs], [3, 1_500, 2_500]);
    assert.equal(await warehouse.countBefore(manifest, 2_500, signal), 1);
    const newest = [];
    for await (const found of warehouse.newestBefore(
      { ...request, fromTs: 2_501 },
      ['city'],
      signal,
    )) {
      newest.push(...found.seq);
    }
    assert.deepEqual(
      newest.sort((a, b) => a - b),
      [102, 103],
    );
  });

  it('finds what it made, and makes it anew when definition or file change', async () => {
    const { manifest } = await read(source(columns));
    assert.deepEqual(await importer.import(sourceSchema(source(columns), []), signal), manifest);
    const later = await importer.import(
      sourceSchema(source(columns, { visibleAfterMs: 1 }), []),
      signal,
    );
    assert.notEqual(later.file, manifest.file);
    assert.deepEqual(readManifest(warehouseFolder, 'trips'), later);
    const files = readdirSync(warehouseFolder).filter((name) => name.startsWith('trips'));
    assert.deepEqual(files, [later.file, 'trips.json']);
  });

  it('takes the first row of each id', async () => {
    const { part } = await read(source({ ...columns, id: 'text' }, { eventId: 'id' }));
    assert.deepEqual(part?.ids, ['y', 'x']);
    assert.deepEqual([...(part?.numbers.get('seats') ?? [])], [2, 1]);
  });

  it('says which column of the file is wrong, and what to do', async () => {
    await fault(source({ ...columns, colour: 'text' }), /no column 'colour'/);
    await fault(source({ ...columns, price: 'int' }), /'price' was wanted as int/);
    await fault(source({ ...columns, city: 'float' }), /'city' was wanted as float/);
    await fault(
      source(columns, { parquet: 'none.parquet' }),
      /install the package/,
      'SOURCE_MISSING',
    );
    const broken = join(folder.path, 'broken.parquet');
    writeFileSync(broken, 'not parquet');
    await fault(source(columns, { parquet: broken }), /not a Parquet file/);
  });

  it('refuses rows without time or key, and numbers that are not exact', async () => {
    const row = (at: string, seats: string, city: string) =>
      `SELECT ${at} AS "at", 1.0 AS price, ${seats} AS seats, true AS "isPaid", ${city} AS city`;
    const now = `TIMESTAMP '2001-01-01'`;
    await write(row('NULL::TIMESTAMP', '1', `'a'`));
    await fault(source(columns), /'at' has rows without a value/);
    await write(row(now, '1', 'NULL::VARCHAR'));
    await fault(source(columns), /'city' has rows without a value/);
    await write(row(now, '9007199254740992', `'a'`));
    await fault(source(columns), /beyond 2\^53/);
  });

  it('refuses keys that entities could not have, and decimals of too many digits', async () => {
    const tidy = `SELECT * FROM (VALUES (TIMESTAMP '1970-01-01 00:00:01', 12345.67, 1, true, 'b', 'x')) rows("at", price, seats, "isPaid", city, id)`;
    for (const key of ["''", "repeat('k', 129)", "'x' || chr(31) || 'y'"]) {
      await write(`SELECT * REPLACE (${key} AS city) FROM (${tidy})`);
      await fault(source(columns), /column 'city' has keys that are empty, longer than 128/);
    }
    await write(tidy);
    const plan = source(columns);
    const narrow = {
      ...plan,
      columns: plan.columns.map((column) =>
        column.name === 'price'
          ? ({ name: 'price', type: 'decimal', scale: 2, precision: 6 } as const)
          : column,
      ),
    };
    await fault(narrow, /column 'price' has decimals of more than 6 digits/);
  });
});
