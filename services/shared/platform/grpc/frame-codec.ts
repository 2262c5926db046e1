import type { MeshError } from '../../kernel/mesh-error.ts';
import type { MonotonicMs } from '../../kernel/units.ts';

/** An item as it waits for its frame. */
export interface QueuedItem<Item> {
  readonly item: Item;
  readonly rows: number;
  readonly deadline: MonotonicMs;
}

/** A frame, and the items behind each of its batches: batch `firstBatchId + i` holds `batches[i]`, in order. */
export interface EncodedFrame<Item, Frame> {
  readonly frame: Frame;
  readonly batches: readonly (readonly QueuedItem<Item>[])[];
}

/** What came back for one batch. */
export interface BatchReply<Result> {
  readonly batchId: number;
  /** Why there are no results, for the batch as a whole. */
  readonly error?: MeshError | undefined;
  /** Gives the result of the batch's item at `index`; not called when there is an error. */
  readonly resultOf: (index: number) => Result;
}

/** How items become frames and replies become results. */
export interface FrameCodec<Item, Frame, Reply, Result> {
  /**
   * Builds one frame of at least one batch out of all `items`, each in exactly one batch. Batches are numbered from
   * `firstBatchId`. `now` turns deadlines into budgets.
   */
  encode(
    items: readonly QueuedItem<Item>[],
    firstBatchId: number,
    now: MonotonicMs,
  ): EncodedFrame<Item, Frame>;
  /** Names the batches that a reply settles. */
  decode(reply: Reply): readonly BatchReply<Result>[];
}
