import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { temporaryFolder } from '../../../test/support/fake-mesh.ts';
import { keepWithin } from '../../shared/platform/store/retention.ts';
import { AnswerBlockWriter } from '../core/answer-block-writer.ts';
import { LmdbAnswerStore } from './lmdb-answer-store.ts';

const minuteMs = 60_000;
const rows = 10;

/** A block of so many answers. */
function blockFrom(firstAnswer: number) {
  const answers = {
    ...{ featureSetHash: 'h', computeVersion: 2, rows, atMs: new Float64Array(rows) },
    keys: Array.from({ length: rows }, (_, row) => `${row}`),
    ...{ logOffset: 1, values: new Float64Array(rows), statuses: new Uint8Array(rows) },
    valueHashes: new Uint8Array(8 * rows),
  };
  const writer = new AnswerBlockWriter(answers);
  writer.add(answers, { from: 0, until: rows });
  return { firstAnswer, rows, bytes: Uint8Array.from(writer.finish(firstAnswer)) };
}

describe('LmdbAnswerStore', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let store: LmdbAnswerStore;
  let nowMs = 0;
  let next = 1;

  const append = async (blocks: number) => {
    for (let block = 0; block < blocks; block += 1) {
      await store.append([blockFrom(next)], 0);
      next += rows;
    }
  };
  const kept = () => {
    const { first, next: end } = store.bounds();
    return [first, end];
  };

  beforeEach(() => {
    folder = temporaryFolder();
    nowMs = 1_000_000_000;
    next = 1;
    store = new LmdbAnswerStore(folder.path, () => nowMs);
  });
  afterEach(async () => {
    await store.close();
    folder[Symbol.dispose]();
  });

  it('lets go of answers that are older than they are to be kept, to the minute', async () => {
    const limits = { keepMs: 10 * minuteMs, bytesMax: 1e9 };
    await append(3);
    nowMs += 5 * minuteMs;
    await append(2);
    nowMs += 4 * minuteMs;
    await append(1);
    assert.equal(await keepWithin(store, limits, nowMs), 0);
    assert.deepEqual(kept(), [1, 61]);
    nowMs += 7 * minuteMs;
    await keepWithin(store, limits, nowMs);
    assert.deepEqual(kept(), [21, 61], 'the last block before the note may reach over it');
    nowMs += 100 * minuteMs;
    await keepWithin(store, limits, nowMs);
    assert.equal(kept()[1], 61, 'the newest stays, and so do the numbers');
    await append(1);
    assert.equal(kept()[1], 71);
  });

  it('keeps to its bytes', async () => {
    await append(100);
    const bytesMax = store.bytes() / 2;
    await keepWithin(store, { keepMs: 1e12, bytesMax }, nowMs);
    assert.ok(store.bytes() <= bytesMax, `${store.bytes()} of ${bytesMax} bytes`);
    assert.equal(kept()[1], 1_001);
  });
});
