import type { Accumulator } from './accumulator/accumulator.ts';
import { Extremes } from './accumulator/extremes.ts';
import { Moments } from './accumulator/moments.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { type CompiledView, eachContribution } from './compiled-view.ts';
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
  /** One for each accumulator of the view; undefined where no feature that it answers never forgets. */
  readonly accumulators: readonly (Accumulator | undefined)[];

  private constructor(parts: Pick<PrunedBase, 'lanes' | 'accumulators'>) {
    this.lanes = parts.lanes;
    this.accumulators = parts.accumulators;
  }

  /** Gives a base for a view of which nothing was pruned. */
  static empty(view: CompiledView): PrunedBase {
    return new PrunedBase({
      lanes: view.lanes.map((lane) =>
        lane.isLifetime ? { moments: new Moments(), extremes: new Extremes() } : undefined,
      ),
      accumulators: view.accumulators.map(({ kind, isLifetime }) =>
        isLifetime ? kind.create() : undefined,
      ),
    });
  }

  /** Takes the events of a chunk in. */
  absorb(chunk: EventChunk, view: CompiledView): void {
    this.rows += chunk.rows;
    this.newestTs = Math.max(this.newestTs, chunk.lastTs());
    const rows = { ...chunk, from: 0, until: chunk.rows };
    view.lanes.forEach((lane, index) => {
      const totals = this.lanes[index];
      if (totals === undefined) return;
      eachContribution(lane, rows, ({ x }) => {
        if (lane.hasExtremes) totals.extremes.add(x);
        // Only lanes that are summed hold whole numbers throughout.
        if (lane.hasSum) totals.moments.add(x);
        else totals.moments.count += 1;
      });
    });
    view.accumulators.forEach(({ laneIndex }, index) => {
      const accumulator = this.accumulators[index];
      const lane = view.lanes[laneIndex];
      if (accumulator === undefined || lane === undefined) return;
      eachContribution(lane, rows, (event) => accumulator.add(event));
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
    for (const accumulator of this.accumulators) accumulator?.encode(into);
  }

  /** @throws {MeshError} DATA_LOSS / STATE_CORRUPT when the bytes end too early. */
  static decode(from: ByteReader, view: CompiledView): PrunedBase {
    const rows = from.unsigned();
    if (rows === 0) return PrunedBase.empty(view);
    const newestTs = from.signed();
    const base = new PrunedBase({
      lanes: view.lanes.map((lane) =>
        lane.isLifetime
          ? { moments: Moments.decode(from), extremes: Extremes.decode(from) }
          : undefined,
      ),
      accumulators: view.accumulators.map(({ kind, isLifetime }) =>
        isLifetime ? kind.decode(from) : undefined,
      ),
    });
    base.rows = rows;
    base.newestTs = newestTs;
    return base;
  }
}
