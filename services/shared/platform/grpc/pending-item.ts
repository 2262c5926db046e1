import type { MeshError } from '../../kernel/mesh-error.ts';
import type { Seated } from '../../policy/brief-set.ts';
import type { QueuedItem } from './frame-codec.ts';

/** What a link tells those who hold several of them. */
export interface OtherLinks<Item, Result> {
  /** A batch was answered, so many ms after it was sent; `error` is what it was answered with. */
  readonly onAnswer: (latencyMs: number, error: MeshError | undefined) => void;
  /** An item was not answered before its deadline. */
  readonly onExpired: () => void;
  /** Takes an item that failed here to another link; false when it has to fail. */
  readonly takeOver: (item: PendingItem<Item, Result>, error: MeshError) => boolean;
}

/** One item and whoever waits for it; settled once. */
export interface PendingItem<Item, Result> extends QueuedItem<Item>, Seated {
  readonly onSettled: (error: MeshError | undefined, result: Result | undefined) => void;
  isSettled: boolean;
  /** Links that it was given to. */
  attempts: number;
}
