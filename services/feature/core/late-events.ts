import { eventMarks } from './event-codec.ts';

/** What a source's policy made of the events of a batch. */
export interface Lateness {
  /** Newest visible time of all events up to the end of the batch, epoch ms. */
  readonly newestTs: number;
  /** Events that are older than one before them in the log, and count. */
  readonly accepted: number;
  /** Events that came too late and do not count. */
  readonly dropped: number;
  /** One of eventMarks a row; undefined where all events count. */
  readonly marks: Uint8Array | undefined;
}

/**
 * Judges events in the order of the log: one is too late when it is older, by more than `dropAfterMs`, than the newest event
 * of its source before it in the log, whether history, an earlier batch or an earlier row of its own. So the decision
 * follows from the log alone. Infinity drops none.
 */
export function judgeLateness(
  ts: Float64Array,
  newestBefore: number,
  dropAfterMs: number,
): Lateness {
  let newestTs = newestBefore;
  let accepted = 0;
  let dropped = 0;
  let marks: Uint8Array | undefined;
  for (let row = 0; row < ts.length; row += 1) {
    const time = ts[row] ?? 0;
    if (time >= newestTs) {
      newestTs = time;
    } else if (newestTs - time > dropAfterMs) {
      marks ??= new Uint8Array(ts.length);
      marks[row] = eventMarks.droppedAsLate;
      dropped += 1;
    } else {
      accepted += 1;
    }
  }
  return { newestTs, accepted, dropped, marks };
}
