/** A frame that was sent. */
export interface SentFrame {
  /** Batches that somebody waits for still. */
  awaited: number;
  /** Batches whose answer has not come, given up or not. */
  unanswered: number;
  isOverdue: boolean;
}

/**
 * Says when a frame no longer keeps others from being sent: once all its batches are answered, or given up since nobody waits for them any more.
 * So one batch that hangs does not stop what shares its stream. Each frame is freed once, whatever comes late. Frames that were freed without all
 * their answers are overdue; beyond `overdueMax` of them a frame waits for its answers, or for those of an overdue one, so that a peer that
 * never answers has `overdueMax` frames more at most. O(1) for each batch.
 */
export class FrameLedger {
  readonly #overdueMax: number;
  readonly #onFree: () => void;
  /** Given up, but not freed: too many others are overdue. */
  readonly #stuck = new Set<SentFrame>();
  #overdue = 0;

  /** Calls `onFree` once for each frame. */
  constructor(overdueMax: number, onFree: () => void) {
    this.#overdueMax = overdueMax;
    this.#onFree = onFree;
  }

  /** Frames that were freed and whose answers have not all come. */
  get overdue(): number {
    return this.#overdue;
  }

  /** Notes a frame of so many batches, 1 or more. */
  sent(batches: number): SentFrame {
    return { awaited: batches, unanswered: batches, isOverdue: false };
  }

  /** Notes that nobody waits for one of a frame's batches any more; once for each batch at most, and before its answer. */
  givenUp(frame: SentFrame): void {
    frame.awaited -= 1;
    if (frame.awaited === 0) this.#giveUp(frame);
  }

  /** Notes the answer to one of a frame's batches, which was given up before or not. */
  answered(frame: SentFrame, wasGivenUp: boolean): void {
    frame.unanswered -= 1;
    if (!wasGivenUp) frame.awaited -= 1;
    if (frame.unanswered > 0) {
      // The last one that was waited for; those that are left were given up.
      if (frame.awaited === 0 && !wasGivenUp) this.#giveUp(frame);
      return;
    }
    this.#stuck.delete(frame);
    if (!frame.isOverdue) {
      this.#onFree();
      return;
    }
    this.#overdue -= 1;
    const [next] = this.#stuck;
    if (next === undefined) return;
    this.#stuck.delete(next);
    this.#giveUp(next);
  }

  /** Forgets all frames: their stream is gone. */
  reset(): void {
    this.#stuck.clear();
    this.#overdue = 0;
  }

  #giveUp(frame: SentFrame): void {
    if (this.#overdue >= this.#overdueMax) {
      this.#stuck.add(frame);
      return;
    }
    frame.isOverdue = true;
    this.#overdue += 1;
    this.#onFree();
  }
}
