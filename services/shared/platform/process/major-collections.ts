import { constants, PerformanceObserver } from 'node:perf_hooks';

/** Calls `listener` soon after each full collection of this thread's heap. Gives what ends that. */
export function onMajorCollection(listener: () => void): () => void {
  const observer = new PerformanceObserver((list) => {
    const isMajor = list
      .getEntries()
      .some((entry) => 'detail' in entry && isMajorCollection(entry.detail));
    if (isMajor) listener();
  });
  observer.observe({ entryTypes: ['gc'] });
  return () => observer.disconnect();
}

function isMajorCollection(detail: unknown): boolean {
  return (
    typeof detail === 'object' &&
    detail !== null &&
    'kind' in detail &&
    detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR
  );
}
