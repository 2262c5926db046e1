import { decodeEventRecord, readEventRecordHead } from '../core/event-codec.ts';
import type { JobContext } from './job-context.ts';

/** Gives the log offsets of a source's events that count and came late: after an event that is visible later. O(log). */
export function lateEvents(context: JobContext, source: string): ReadonlySet<number> {
  const late = new Set<number>();
  let newestMs = context.store.segment(source)?.newestTs ?? Number.NEGATIVE_INFINITY;
  for (const bytes of context.store.recordsFrom(0)) {
    if (readEventRecordHead(bytes).source !== source) continue;
    const { ts, seq, rows } = decodeEventRecord(bytes, { hasIds: false }).events;
    for (let row = 0; row < rows; row += 1) {
      const rowMs = ts[row] ?? Number.NaN;
      if (rowMs < newestMs) late.add(seq[row] ?? 0);
      else newestMs = rowMs;
    }
  }
  return late;
}
