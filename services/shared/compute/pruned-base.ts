import { Extremes } from './accumulator/extremes.ts';
import { Moments } from './accumulator/moments.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { CompiledView } from './compiled-view.ts';
import type { EventChunk } from './event-chunk.ts';

/** Totals of one lane over pruned events. */
export interface PrunedLane {
  readonly moments: Moments;
  readonly extremes: Extremes;
}

/** What is left of events that were pruned: how many, the newest time, and totals for features that never forget. */
export class PrunedBase {
  rows = 0;
  /** Epoch ms; negative infinity when there are none. */
  newestTs = Number.NEGATIVE_INFINITY;
  /** One for each lane of the view; undefined where no feature over it never forgets. */
  readonly lanes: readonly (PrunedLane | undefined)[];

  constructor(lanes: readonly (PrunedLane | undefined)[]) {
    this.lanes = lanes;
  }

  /** Gives a base for a view of which nothing was pruned. */
  static empty(view: CompiledView): PrunedBase {
    return new PrunedBase(
      view.lanes.map((lane) =>
        lane.isLifetime ? { moments: new Moments(), extremes: new Extremes() } : undefined,
      ),
    );
  }

  /** Takes the events of a chunk in. */
  absorb(chunk: EventChunk, view: CompiledView): void {
    this.rows += chunk.rows;
    this.newestTs = Math.max(this.newestTs, chunk.lastTs());
    view.lanes.forEach((lane, index) => {
      const totals = this.lanes[index];
      if (totals === undefined) return;
      for (let row = 0; row < chunk.rows; row += 1) {
        const value = lane.evaluate(chunk.columns, row);
        if (Number.isNaN(value)) continue;
        if (lane.hasExtremes) totals.extremes.add(value);
        // Only lanes that are summed hold whole numbers throughout.
        if (lane.hasSum) totals.moments.add(value);
        else totals.moments.count += 1;
      }
    });
  }

  encode(into: ByteWriter): void {
    into.unsigned(this.rows);
    if (this.rows === 0) return;
    into.signed(this.newestTs);
    for (const lane of this.lanes) {
      lane?.moments.encode(into);
      lane?.extremes.encode(into);
    }
  }

  /** @throws {MeshError} DATA_LOSS / STATE_CORRUPT when the bytes end too early. */
  static decode(from: ByteReader, view: CompiledView): PrunedBase {
    const rows = from.unsigned();
    if (rows === 0) return PrunedBase.empty(view);
    const newestTs = from.signed();
    const base = new PrunedBase(
      view.lanes.map((lane) =>
        lane.isLifetime
          ? { moments: Moments.decode(from), extremes: Extremes.decode(from) }
          : undefined,
      ),
    );
    base.rows = rows;
    base.newestTs = newestTs;
    return base;
  }
}
