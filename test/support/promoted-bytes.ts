import { setImmediate } from 'node:timers/promises';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const loads = 20_000;
const numbersPerLoad = 128;

/**
 * Gives the bytes that grow old in the heap while `step` gets 20,000 arrays of 1 KiB, of which it holds a few at a time: what outlives two collections of the
 * young. A full one, with which what is there grows old, goes before the second half, of which the bytes are.
 */
export async function promotedBytes(step: (load: readonly number[]) => void): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('wanted the collector, got none');
  for (let made = 0; made < loads / 2; made += 1)
    step(new Array<number>(numbersPerLoad).fill(made));
  collect();
  const before = oldBytes();
  let mostBytes = 0;
  for (let made = 0; made < loads / 2; made += 1) {
    step(new Array<number>(numbersPerLoad).fill(made));
    if (made % 500 !== 0) continue;
    await setImmediate();
    mostBytes = Math.max(mostBytes, oldBytes() - before);
  }
  return mostBytes;
}

function oldBytes(): number {
  const old = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space');
  return old?.space_used_size ?? 0;
}
