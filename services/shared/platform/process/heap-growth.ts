import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { onMajorCollection } from './major-collections.ts';

/**
 * Growth in percent of what is alive. A call's buffers lie outside of the heap but count towards its limit; with some tens of
 * megabytes alive V8 marks all of it every 20 MB of buffers, six times a second at 40 MB/s, and each time calls wait for up to
 * 20 ms. At 300 it is once in seconds.
 */
const smallHeapPercent = 300;

/** Above this a heap four times as large is too much memory, and V8's own steps are large enough. */
const smallHeapBytesMax = 160 * 1_024 ** 2;

/**
 * Lets the heap of this process, while it is small, grow to several times what is alive before all of it is collected.
 * Heaps of worker threads go with it. Gives what takes that back.
 * @source V8's flag heap_growing_percent, read at each full collection: MemoryController::GrowingFactor,
 * https://github.com/v8/v8/blob/11.3.244/src/heap/memory-controller.cc
 */
export function letSmallHeapGrow(): () => void {
  let percent = 0;
  const set = (wanted: number): void => {
    if (wanted === percent) return;
    percent = wanted;
    setFlagsFromString(`--heap-growing-percent=${wanted}`);
  };
  const decide = (): void => set(growthPercent(getHeapStatistics().used_heap_size));
  const end = onMajorCollection(decide);
  decide();
  return () => {
    end();
    set(0);
  };
}

/** Gives how much a heap of which so much is alive may grow, in percent; 0 leaves it to V8. */
export function growthPercent(liveBytes: number): number {
  return liveBytes > smallHeapBytesMax ? 0 : smallHeapPercent;
}
