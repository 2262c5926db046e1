import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ShareWindow } from './share-window.ts';

const baseMs = 1_700_000_000_000;

describe('ShareWindow', () => {
  it('leaves out what came later and what is older than ten minutes, or than is asked for', () => {
    const window = new ShareWindow();
    window.add(baseMs, 2);
    window.mark(baseMs);
    assert.deepEqual(window.counts(baseMs), { all: 0, some: 0 });
    assert.deepEqual(window.counts(baseMs + 10_000), { all: 2, some: 1 });
    assert.deepEqual(window.counts(baseMs + 610_000), { all: 0, some: 0 });
    assert.deepEqual(window.counts(baseMs + 60_000, 60_000), { all: 2, some: 1 });
    assert.deepEqual(window.counts(baseMs + 70_000, 60_000), { all: 0, some: 0 });
    assert.deepEqual(window.counts(baseMs + 86_400_000), { all: 0, some: 0 });
  });
  it('counts as a list of all requests would, in whatever order they come', () => {
    const requests = fc.array(fc.tuple(fc.nat(900_000), fc.boolean()), { maxLength: 60 });
    fc.assert(
      fc.property(requests, fc.nat(100_000), (all, laterMs) => {
        const window = new ShareWindow();
        const newestMs = Math.max(0, ...all.map(([offset]) => offset));
        // What comes for ten minutes before the newest is not counted any more.
        const known = all.filter(([offset]) => offset > newestMs - 590_000);
        for (const [offset, isAnswered] of known) {
          window.add(baseMs + offset, 1);
          if (isAnswered) window.mark(baseMs + offset);
        }
        const nowMs = baseMs + newestMs + laterMs;
        const untilMs = Math.floor(nowMs / 10_000) * 10_000;
        const within = known.filter(([offset]) => {
          const atMs = baseMs + offset;
          return atMs >= untilMs - 600_000 && atMs < untilMs;
        });
        assert.deepEqual(window.counts(nowMs), {
          all: within.length,
          some: within.filter(([, isAnswered]) => isAnswered).length,
        });
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});
