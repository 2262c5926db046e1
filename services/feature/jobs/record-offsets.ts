import type { ErasedPlace } from '../core/erasure.ts';
import { readEventRecordHead } from '../core/event-codec.ts';
import type { EventStore } from '../ports.ts';

/**
 * Gives the log offsets of records that may hold events of some places of one source, ascending: by the index of keys, or all of the
 * source's where a column has become a key only after events had come, and the index lacks those.
 */
export function recordOffsets(
  store: Pick<EventStore, 'recordsFrom' | 'recordsOf' | 'indexedColumns'>,
  places: readonly ErasedPlace[],
): readonly number[] {
  const offsets = new Set<number>();
  for (const { source, columns, texts } of places) {
    const indexed = new Set(store.indexedColumns(source));
    const found = columns.flatMap((column, part) =>
      indexed.has(column) ? [new Set(store.recordsOf(source, column, texts[part] ?? ''))] : [],
    );
    const [first = offsetsOf(store, source), ...others] = found;
    for (const offset of first) if (others.every((each) => each.has(offset))) offsets.add(offset);
  }
  return [...offsets].sort((left, right) => left - right);
}

function offsetsOf(store: Pick<EventStore, 'recordsFrom'>, source: string): ReadonlySet<number> {
  const offsets = new Set<number>();
  for (const bytes of store.recordsFrom(0)) {
    const head = readEventRecordHead(bytes);
    if (head.source === source) offsets.add(head.firstSeq);
  }
  return offsets;
}
