import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isolateFailures } from './isolate-failures.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Sums numbers, and can't where one of them is bad. */
function summing(isBad: (number: number) => boolean, isIsolable = true) {
  let runs = 0;
  return {
    work: {
      run(part: readonly number[]) {
        runs += 1;
        if (part.some(isBad)) return Promise.reject(new Error('a bad number'));
        return Promise.resolve(part.reduce((sum, number) => sum + number, 0));
      },
      halvesOf(part: readonly number[]) {
        if (part.length < 2) return undefined;
        const half = part.length >> 1;
        return [part.slice(0, half), part.slice(half)] as const;
      },
      isIsolable: () => isIsolable,
    },
    runs: () => runs,
  };
}

const sumOf = (parts: readonly number[]) => parts.reduce((sum, part) => sum + part, 0);

describe('isolateFailures', () => {
  it('works on everything at once where nothing fails', async () => {
    const { work, runs } = summing(() => false);
    assert.deepEqual(await isolateFailures(numbers(100), work), { results: [4_950], failed: [] });
    assert.equal(runs(), 1);
  });
  it('leaves out the bad piece alone', async () => {
    const { work, runs } = summing((number) => number === 7_777);
    const { results, failed } = await isolateFailures(numbers(25_000), work);
    assert.equal(sumOf(results), sumOf(numbers(25_000)) - 7_777);
    assert.deepEqual(
      failed.map(({ part }) => part),
      [[7_777]],
    );
    assert.ok(runs() <= 33, `${runs()} runs`);
  });
  it('stops halving where very much is bad, and works on the rest', async () => {
    const isBad = (number: number) => number < 10_000 && number % 2 === 0;
    const { work, runs } = summing(isBad);
    const { results, failed } = await isolateFailures(numbers(20_000), work);
    const kept = sumOf(results) + sumOf(failed.flatMap(({ part }) => part));
    assert.equal(kept, sumOf(numbers(20_000)));
    assert.ok(sumOf(results) >= sumOf(numbers(20_000).slice(10_000)));
    assert.ok(runs() < 200, `${runs()} runs`);
  });
  it('fails where all fails, and with what is no fault of one piece', async () => {
    await assert.rejects(isolateFailures(numbers(9), summing(() => true).work), /a bad number/);
    const { work, runs } = summing((number) => number === 3, false);
    await assert.rejects(isolateFailures(numbers(9), work), /a bad number/);
    assert.equal(runs(), 1);
  });
});
