import { setFlagsFromString } from 'node:v8';
import { onMajorCollection } from './major-collections.ts';

/**
 * Calls whose headers may wait to be disposed of. At every 4,096 calls a router took a fifth more processor time; at this the pause under twice its
 * capacity is some 25 ms on a slow machine, where it was 50 and rarer.
 */
export const headerCallsMax = 8_192;

/** Where calls are rarer, a collection in four seconds is 2 % of a core, and fewer wait: pauses are shorter. */
const seldom = { ms: 4_000, callsMin: 1_024 };

/** Of what the heap may still grow by, in percent; the least that V8 takes. */
const askedPercent = 1;

let calls = 0;
let collectedAt = Number.NEGATIVE_INFINITY;
let isAsked = false;
let isWatching = false;

/**
 * Counts a call whose headers came over HTTP/2, and asks for a full collection, by steps, once many came.
 *
 * Node makes a string outside of the heap of each value of a header. V8 keeps those where only full collections look, which are rare where little else grows old, and
 * disposes of all that died since the last one in one pause, 0.35 us each: after 100,000 calls everybody waits for 0.3 s. Heaps of worker threads go with it while
 * it is asked for.
 * @source V8's flag incremental_marking_soft_trigger: Heap::IncrementalMarkingLimitReached, and ExternalStringTable::CleanUpAll,
 * https://github.com/v8/v8/blob/11.3.244/src/heap/heap.cc
 */
export function noteHeaders(): void {
  calls += 1;
  if (calls % seldom.callsMin !== 0 || isAsked) return;
  if (calls < headerCallsMax && performance.now() - collectedAt < seldom.ms) return;
  watch();
  ask(true);
}

function watch(): void {
  if (isWatching) return;
  isWatching = true;
  onMajorCollection(() => {
    calls = 0;
    collectedAt = performance.now();
    if (isAsked) ask(false);
  });
}

function ask(isWanted: boolean): void {
  isAsked = isWanted;
  setFlagsFromString(`--incremental-marking-soft-trigger=${isWanted ? askedPercent : 0}`);
}
