import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { noTotals } from '../rpc/ingest-stream.ts';
import { batchEventsMax, ingestLines, type LineBatch } from './ingest-lines.ts';
import type { LineChunk } from './line-chunks.ts';

const form = {
  source: {
    name: 'clicks',
    parquet: 'clicks.parquet',
    columns: [
      { name: 'id', type: 'text' },
      { name: 'at', type: 'timestamp' },
    ],
    eventTime: 'at',
    visibleAfterMs: 0,
    eventId: 'id',
  },
  keyColumns: new Set<string>(),
  hasPartition: false,
} as const;

const lineOf = (id: number): string => JSON.stringify({ id: `c${id}`, at: 1_000_000 + id });

async function* chunksOf(...chunks: readonly LineChunk[]): AsyncGenerator<LineChunk> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

/** Sends chunks to a store that takes everything; gives what it was sent. */
async function run(...chunks: readonly LineChunk[]) {
  const sent: LineBatch[] = [];
  const durable: number[] = [];
  const work = ingestLines(form, chunksOf(...chunks), {
    send(batch) {
      sent.push(batch);
      return Promise.resolve({ ...noTotals, appended: batch.rows.rows, logOffset: sent.length });
    },
    onDurable: ({ lastLine }) => durable.push(lastLine),
  });
  const result = await work.catch((error: unknown) => error);
  return { sent, durable, result };
}

describe('ingestLines', () => {
  it('sends what came in one piece at once, knows lines and positions, and leaves empty lines out', async () => {
    const { sent, durable, result } = await run(
      { lines: [lineOf(1), '', ' \r', lineOf(2)], firstLine: 1, bytesRead: 0 },
      { lines: [''], firstLine: 5, bytesRead: 0 },
      { lines: [lineOf(3)], firstLine: 6, bytesRead: 0 },
    );
    assert.deepEqual(
      sent.map(({ rows, firstPosition, lines }) => ({ ids: rows.eventIds, firstPosition, lines })),
      [
        { ids: ['c1', 'c2'], firstPosition: 0, lines: [1, 4] },
        { ids: ['c3'], firstPosition: 2, lines: [6] },
      ],
    );
    assert.deepEqual(durable, [4, 6]);
    assert.deepEqual(result, {
      totals: { ...noTotals, appended: 3, logOffset: 2 },
      events: 3,
      lastLine: 6,
    });
  });

  it('cuts a long piece into batches, and sends nothing of the batch with a bad line', async () => {
    const lines = Array.from({ length: batchEventsMax + 3 }, (_, index) => lineOf(index));
    lines[batchEventsMax + 1] = '{"id":"x"}';
    const { sent, durable, result } = await run({ lines, firstLine: 1, bytesRead: 0 });
    assert.deepEqual(
      sent.map(({ rows }) => rows.rows),
      [batchEventsMax],
    );
    assert.deepEqual(durable, [batchEventsMax]);
    assert.match(String(result), new RegExp(`line ${batchEventsMax + 2}: column 'at' is missing`));
  });
});
