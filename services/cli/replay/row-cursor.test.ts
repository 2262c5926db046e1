import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RowCursor } from './row-cursor.ts';
import type { SourceRows } from './source-rows.ts';

function rowsAt(times: readonly number[]): SourceRows {
  return {
    rows: times.length,
    eventIds: times.map(String),
    numbers: new Map([['time', Float64Array.from(times)]]),
    texts: new Map([['name', times.map((time) => `n${time}`)]]),
    nulls: new Map([['name', new Uint8Array(times.length)]]),
  };
}

async function* streamOf(...batches: readonly (readonly number[])[]) {
  for (const batch of batches) yield await Promise.resolve(rowsAt(batch));
}

async function idsBefore(cursor: RowCursor, untilMs: number): Promise<string[]> {
  const ids: string[] = [];
  for await (const rows of cursor.takeBefore(untilMs)) {
    ids.push(...rows.eventIds);
    assert.equal(rows.texts.get('name')?.length, rows.rows);
    assert.equal(rows.numbers.get('time')?.length, rows.rows);
  }
  return ids;
}

const timeOf = (rows: SourceRows, index: number) => rows.numbers.get('time')?.[index] ?? 0;

describe('RowCursor', () => {
  it('gives each row once, across batches, up to the time that is asked', async () => {
    const cursor = new RowCursor(streamOf([1, 2, 2], [], [3, 5], [5, 8]), timeOf);
    assert.deepEqual(await idsBefore(cursor, 2), ['1']);
    assert.deepEqual(await idsBefore(cursor, 2), []);
    assert.deepEqual(await idsBefore(cursor, 5), ['2', '2', '3']);
    assert.deepEqual(await idsBefore(cursor, 100), ['5', '5', '8']);
    assert.deepEqual(await idsBefore(cursor, 200), []);
  });

  it('gives nothing of an empty stream', async () => {
    assert.deepEqual(await idsBefore(new RowCursor(streamOf(), timeOf), 9), []);
  });
});
