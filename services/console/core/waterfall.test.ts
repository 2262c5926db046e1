import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { waterfallOf } from './waterfall.ts';

const span = (startMs: number, durationMs: number, processId = 1, threadId = 0) => ({
  ...{ startMs, durationMs, processId, threadId },
  ...{ spanId: `${startMs}`, name: 'work', service: 'router', depth: 0 },
  ...{ isLinked: false, isError: false, attributes: {} },
});

describe('waterfallOf', () => {
  it('puts spans on one time line, and counts processes and threads', () => {
    const { startMs, durationMs, processes, threads, spans } = waterfallOf([
      span(1_000, 10),
      span(1_002, 4, 2),
      span(1_003, 17, 2, 5),
    ]);
    assert.deepEqual([startMs, durationMs, processes, threads], [1_000, 20, 2, 3]);
    assert.deepEqual(
      spans.map(({ offsetMs, from, length }) => [offsetMs, from, length]),
      [
        [0, 0, 0.5],
        [2, 0.1, 0.2],
        [3, 0.15, 0.85],
      ],
    );
  });

  it('gives finite figures for a trace without duration, and for none', () => {
    const [only] = waterfallOf([span(5, 0)]).spans;
    assert.deepEqual([only?.from, only?.length], [0, 0]);
    assert.deepEqual(waterfallOf([]).durationMs, 0);
  });
});
