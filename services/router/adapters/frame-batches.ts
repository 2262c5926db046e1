import type { TraceContext } from '../../shared/kernel/trace-context.ts';
import { packTraceContext, traceContextBytes } from '../../shared/kernel/trace-context.ts';
import type { MonotonicMs } from '../../shared/kernel/units.ts';
import type { QueuedItem } from '../../shared/platform/grpc/frame-codec.ts';

/** An item that may belong to a trace. */
interface Traced {
  readonly trace: TraceContext | undefined;
}

/** Splits items into batches of one key each, in the order of their first items. Nearly always there is one. */
export function groupBy<Item>(
  items: readonly QueuedItem<Item>[],
  keyOf: (item: Item) => string,
): readonly (readonly QueuedItem<Item>[])[] {
  const groups = new Map<string, QueuedItem<Item>[]>();
  for (const queued of items) {
    const key = keyOf(queued.item);
    const group = groups.get(key);
    if (group) group.push(queued);
    else groups.set(key, [queued]);
  }
  return [...groups.values()];
}

const noTraces = Buffer.alloc(0);

/** Packs the trace contexts of a batch; nothing when no row is traced. */
export function packTraces(batch: readonly QueuedItem<Traced>[]): Buffer {
  if (!batch.some(({ item }) => item.trace !== undefined)) return noTraces;
  const packed = Buffer.alloc(batch.length * traceContextBytes);
  batch.forEach(({ item }, row) => {
    packTraceContext(packed, row, item.trace);
  });
  return packed;
}

/** Gives the milliseconds that the most patient row of a batch still has. */
export function budgetOf(batch: readonly QueuedItem<unknown>[], now: MonotonicMs): number {
  let latest = Number.NEGATIVE_INFINITY;
  for (const { deadline } of batch) latest = Math.max(latest, deadline);
  return Math.max(0, latest - now);
}
