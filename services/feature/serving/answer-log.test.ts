import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { epochMs, monotonicMs } from '../../shared/kernel/units.ts';
import type { ServedAnswers } from '../core/answer-block-writer.ts';
import { type AnswerBlock, decodeAnswerBlock, tailBytes } from '../core/answer-codec.ts';
import type { AnswerRecord, AnswerStore } from '../ports.ts';
import { AnswerLog, type AnswerLogLimits } from './answer-log.ts';

/** A store in memory; `fails` makes it refuse what comes. */
class MemoryAnswers implements AnswerStore {
  blocks: AnswerBlock[] = [];
  keptFrom = 0;
  fails = false;

  bounds() {
    const last = this.blocks.at(-1);
    if (last === undefined) return { first: 1, next: 1 };
    return { first: this.blocks[0]?.firstAnswer ?? 1, next: last.firstAnswer + last.rows };
  }
  append(blocks: readonly AnswerRecord[], keepFrom: number) {
    if (this.fails) return Promise.reject(new Error('the disk is full'));
    // As a real store does: what was written is what is read.
    this.blocks.push(
      ...blocks.map(({ bytes }) => decodeAnswerBlock(bytes.subarray(0, bytes.length - tailBytes))),
    );
    this.keptFrom = keepFrom;
    return Promise.resolve();
  }
  newestFirst() {
    return [];
  }
  close() {
    return Promise.resolve();
  }
}

const answersOf = (first: number, rows: number, featureSetHash = 'a'): ServedAnswers => {
  const numbers = Array.from({ length: rows }, (_, row) => first + row);
  return {
    featureSetHash,
    rows,
    keys: numbers.flatMap((number) => [`from${number}`, 'to']),
    atMs: Float64Array.from(numbers, (number) => number * 1_000),
    logOffset: first,
    values: Float64Array.from(numbers.flatMap((number) => [number, number + 0.5, -0])),
    statuses: Uint8Array.from(numbers.flatMap((number) => [0, number % 5, 2])),
    valueHashes: Uint8Array.from(numbers.flatMap((number) => Array(8).fill(number % 256))),
  };
};

async function logged(
  offers: readonly ServedAnswers[],
  limits: Partial<AnswerLogLimits> = {},
  store = new MemoryAnswers(),
) {
  const errors: unknown[] = [];
  const clock = {
    monotonic: () => monotonicMs(0),
    epoch: () => epochMs(0),
    sleep: () => new Promise<void>((resolve) => void setImmediate(resolve)),
  };
  const ports = {
    store,
    clock,
    yieldTurn: () => Promise.resolve(),
    onError: (error: unknown) => errors.push(error),
  };
  const log = new AnswerLog(ports, {
    answerRate: 1,
    answersMax: 1_000_000,
    answersWaitingMax: 10_000,
    ...limits,
  });
  await log.start();
  for (const answers of offers) log.offer(answers);
  await log.stop();
  return { log, store, errors };
}

describe('AnswerLog', () => {
  it('keeps each answer as it was given, numbered, those of one feature set together', async () => {
    const { log, store } = await logged([
      answersOf(1, 2),
      answersOf(10, 3, 'b'),
      answersOf(20, 600),
    ]);
    assert.equal(log.logged, 605);
    assert.deepEqual(
      store.blocks.map(({ firstAnswer, featureSetHash, rows }) => [
        firstAnswer,
        featureSetHash,
        rows,
      ]),
      [
        [1, 'a', 512],
        [513, 'b', 3],
        [516, 'a', 90],
      ],
    );
    const [first, last] = store.blocks;
    assert.deepEqual(first?.keys.slice(0, 6), ['from1', 'to', 'from2', 'to', 'from20', 'to']);
    assert.deepEqual([...(first?.logOffsets.subarray(0, 3) ?? [])], [1, 1, 20]);
    assert.deepEqual([...(last?.atMs ?? [])], [10_000, 11_000, 12_000]);
    assert.ok(Object.is(last?.values[2], -0), 'every bit is kept');
    assert.deepEqual([...(last?.values.subarray(0, 2) ?? [])], [10, 10.5]);
    assert.deepEqual([...(last?.statuses ?? [])], [0, 0, 2, 0, 1, 2, 0, 2, 2]);
    assert.deepEqual(last?.valueHashes[8], 11);
  });

  it('goes on with the numbers of the log that it finds', async () => {
    const { store } = await logged([answersOf(1, 5)]);
    const { log } = await logged([answersOf(6, 5)], {}, store);
    assert.equal(store.blocks.at(-1)?.firstAnswer, 6);
    assert.equal(log.logged, 10);
  });

  it('drops and counts what does not fit, and keeps the rest', async () => {
    const { log, store } = await logged([answersOf(1, 60), answersOf(61, 60)], {
      answersWaitingMax: 100,
    });
    assert.equal(log.dropped, 60);
    assert.equal(
      store.blocks.reduce((sum, { rows }) => sum + rows, 0),
      60,
    );
  });

  it('lets the oldest go', async () => {
    const { log, store } = await logged([answersOf(1, 1_000)], { answersMax: 100 });
    assert.equal(store.keptFrom, 901);
    assert.equal(log.logged, 100);
  });

  it('keeps whole entities, near the share that was asked for', async () => {
    const once = await logged([answersOf(1, 2_000)], { answerRate: 0.2 });
    const kept = new Set(once.store.blocks.flatMap(({ keys }) => keys));
    const rows = once.store.blocks.reduce((sum, block) => sum + block.rows, 0);
    assert.ok(Math.abs(rows - 400) < 80, `${rows}`); // 4 standard deviations and some
    const again = await logged([answersOf(1, 2_000)], { answerRate: 0.2 });
    assert.deepEqual(new Set(again.store.blocks.flatMap(({ keys }) => keys)), kept);
    const none = await logged([answersOf(1, 10)], { answerRate: 0 });
    assert.deepEqual([none.store.blocks.length, none.log.dropped], [0, 0]);
  });

  it('counts what a full disk refused, tells it once, and goes on when there is room', async () => {
    const store = new MemoryAnswers();
    store.fails = true;
    const { log, errors } = await logged([answersOf(1, 20_000 / 2)], {}, store);
    assert.equal(log.dropped, 10_000);
    assert.equal(errors.length, 1);
    store.fails = false;
    await log.flush();
    log.offer(answersOf(1, 3));
    await log.flush();
    assert.equal(log.logged, 3);
  });
});
