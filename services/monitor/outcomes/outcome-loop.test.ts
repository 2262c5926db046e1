import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { factsOf } from '../../../test/support/model-facts.ts';
import { type DurationMs, epochMs, monotonicMs } from '../../shared/kernel/units.ts';
import { LiftDesk } from './lift-desk.ts';
import { OutcomeLoop } from './outcome-loop.ts';

const facts = factsOf();

/** Lets a loop look once; gives how often it read the log, each time for `readMs`, and how long it rests then. */
async function lookedOnce(outcomes: number, readMs: number) {
  let [nowMs, reads] = [0, 0];
  let rests: (restMs: number) => void = () => undefined;
  const rested = new Promise<number>((resolve) => {
    rests = resolve;
  });
  const log = {
    store: {
      newest: () => {
        reads += 1;
        nowMs += readMs;
        return [];
      },
      outcome: () => undefined,
    },
    clock: {
      monotonic: () => monotonicMs(nowMs),
      epoch: () => epochMs(nowMs),
      sleep: (restMs: DurationMs, signal: AbortSignal) => {
        rests(restMs);
        return new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
      },
    },
  };
  const servingVersion = () => undefined;
  const loop = new OutcomeLoop({
    ...log,
    facts: new Map([['m', facts]]),
    lifts: new LiftDesk({ ...log, servingVersion }),
    outcomesOf: () => outcomes,
    servingVersion,
    onError: (error) => assert.fail(String(error)),
  });
  await loop.start();
  const restMs = await rested;
  await loop.stop();
  return { reads, restMs, models: [...loop.latest().keys()] };
}

describe('OutcomeLoop', () => {
  it('reads nothing of a model without outcomes', async () => {
    assert.deepEqual(await lookedOnce(0, 1_000), { reads: 0, restMs: 5_000, models: [] });
  });

  it('rests nineteen times what a look took, and five seconds at least', async () => {
    assert.deepEqual(await lookedOnce(1, 1_000), { reads: 1, restMs: 19_000, models: ['m'] });
    assert.deepEqual(await lookedOnce(1, 10), { reads: 1, restMs: 5_000, models: ['m'] });
  });
});
