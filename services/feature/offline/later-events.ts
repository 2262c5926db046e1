import {
  decodeEventRecord,
  type EventRecordHead,
  readEventRecordHead,
} from '../core/event-codec.ts';
import type { EventStore } from '../ports.ts';

/** Tells what came into the log of one source after an offset. */
export class LaterEvents {
  readonly #store: Pick<EventStore, 'recordsFrom'>;
  readonly #source: string;
  readonly #logOffset: number;
  readonly #heads = new Map<number, readonly EventRecordHead[]>();

  /** Events behind `logOffset` are not looked at. */
  constructor(store: Pick<EventStore, 'recordsFrom'>, source: string, logOffset: number) {
    this.#store = store;
    this.#source = source;
    this.#logOffset = logOffset;
  }

  /** Whether an event that counts came after an offset and is visible before a time, epoch ms. */
  hasAny(after: number, untilTs: number): boolean {
    return this.#headsAfter(after).some(
      (head) => head.firstTs < untilTs && this.#countsBefore(head, after, untilTs),
    );
  }

  #countsBefore({ firstSeq }: EventRecordHead, after: number, untilTs: number): boolean {
    for (const bytes of this.#store.recordsFrom(firstSeq)) {
      const { events } = decodeEventRecord(bytes, { hasIds: false });
      return events.ts.some((ts, row) => {
        const seq = events.seq[row] ?? 0;
        return ts < untilTs && seq > after && seq <= this.#logOffset;
      });
    }
    return false;
  }

  #headsAfter(after: number): readonly EventRecordHead[] {
    const known = this.#heads.get(after);
    if (known !== undefined) return known;
    const heads: EventRecordHead[] = [];
    for (const bytes of this.#store.recordsFrom(after + 1)) {
      const head = readEventRecordHead(bytes);
      if (head.firstSeq > this.#logOffset) break;
      if (head.source === this.#source) heads.push(head);
    }
    this.#heads.set(after, heads);
    return heads;
  }
}
