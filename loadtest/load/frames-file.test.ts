import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { grpcFrame, readFrames, writeFrames } from './frames-file.ts';

describe('grpcFrame', () => {
  it('puts a flag and a big-endian length before the message', () =>
    assert.deepEqual([...grpcFrame(Uint8Array.of(9, 8))], [0, 0, 0, 0, 2, 9, 8]));
});

describe('writeFrames', () => {
  it('writes what readFrames reads, empty frames too', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mlmesh-frames-'));
    try {
      const frames = [Buffer.from([1, 2, 3]), Buffer.alloc(0), Buffer.alloc(300, 7)];
      writeFrames(join(folder, 'frames'), frames);
      assert.deepEqual(readFrames(join(folder, 'frames')), frames);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
