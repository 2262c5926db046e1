import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lineChunks } from './line-chunks.ts';

async function* pieces(...texts: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

async function chunksOf(...texts: readonly (string | Uint8Array)[]): Promise<unknown[]> {
  const chunks: unknown[] = [];
  for await (const { firstLine, lines } of lineChunks(pieces(...texts))) {
    chunks.push([firstLine, ...lines]);
  }
  return chunks;
}

describe('lineChunks', () => {
  it('gives the lines that ended in a piece, and the last one without a line feed', async () => {
    assert.deepEqual(await chunksOf('a\nb\nc', 'd\n', 'e', 'f'), [
      [1, 'a', 'b'],
      [3, 'cd'],
      [4, 'ef'],
    ]);
    assert.deepEqual(await chunksOf('a\n', 'b\n'), [
      [1, 'a'],
      [2, 'b'],
    ]);
    assert.deepEqual(await chunksOf(), []);
  });

  it('puts a character together that two pieces share, and leaves a byte order mark out', async () => {
    const bytes = Buffer.from('\ufeffä\n');
    assert.deepEqual(await chunksOf(bytes.subarray(0, 4), bytes.subarray(4)), [[1, 'ä']]);
  });

  it('refuses bytes that are no UTF-8 and lines without an end', async () => {
    const wrong = { reason: 'EVENT_INVALID', message: /^line 2: / };
    await assert.rejects(chunksOf('a\n', Uint8Array.of(0xff, 0x0a)), wrong);
    await assert.rejects(chunksOf('a\n', 'x'.repeat(1_048_577)), wrong);
    // A character that is cut off by the end.
    await assert.rejects(chunksOf('a\n', Uint8Array.of(0xc3)), wrong);
  });
});
