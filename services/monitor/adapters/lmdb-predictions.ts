import type { Outcome, Outcome__Output } from '../../gen/mlmesh/monitor/v1/Outcome.ts';
import { loadMessage } from '../../shared/platform/grpc/load-proto.ts';
import type { KeyValueStore, StoreTable } from '../../shared/platform/store/key-value-store.ts';
import type { RetainedLog } from '../../shared/platform/store/retention.ts';
import type { PredictionStore, StoredOutcome, StoredPrediction, StoredShadow } from '../ports.ts';
import { newestFirst } from './newest-first.ts';
import { PredictionBlocks } from './prediction-blocks.ts';
import { type IntakeRow, PredictionIntakes } from './prediction-intakes.ts';
import { bitOf, blockOf, type IdRun, masksOf, placeOf } from './record-blocks.ts';
import { ShadowBlocks } from './shadow-blocks.ts';

const outcomeCodec = loadMessage<Outcome, Outcome__Output>('mlmesh.monitor.v1.Outcome');

/** Predictions that one commit lets go of, or little more: a millisecond's work for each hundred. */
const removedMax = 2_048;

/** Records of a batch that is put together afterwards. */
const orderedRows = 256;

/** How a log of predictions is kept. */
export interface PredictionLogOptions {
  /** The oldest predictions leave when there are more. */
  readonly predictionsMax: number;
  /** Gives the time, epoch ms, by which records get old. */
  readonly now: () => number;
}

/**
 * The log in LMDB: predictions and the answers of shadows in blocks of ids, outcomes as protobuf by prediction id. Ids of one router ascend, so appends go to the end; what is
 * oldest says the order in which records came, since those of several routers do not lie in it.
 */
export class LmdbPredictions implements PredictionStore, RetainedLog {
  readonly name = 'predictions';
  readonly #store: KeyValueStore;
  readonly #options: PredictionLogOptions;
  readonly #predictions: PredictionBlocks;
  readonly #shadows: ShadowBlocks;
  readonly #outcomes: StoreTable;
  readonly #intakes: PredictionIntakes;
  #count: number;

  constructor(store: KeyValueStore, options: PredictionLogOptions) {
    this.#store = store;
    this.#options = options;
    this.#predictions = new PredictionBlocks(store);
    this.#shadows = new ShadowBlocks(store);
    this.#outcomes = store.table('outcomes');
    this.#intakes = new PredictionIntakes(store);
    this.#count = this.#intakes.count();
  }

  async append(
    predictions: readonly StoredPrediction[],
    shadows: readonly StoredShadow[],
  ): Promise<void> {
    try {
      await this.#store.commit(() => {
        const ids = this.#predictions.add(predictions).map(({ predictionId }) => predictionId);
        this.#count += ids.length;
        const orphans = this.#withoutPrediction(this.#shadows.add(shadows));
        this.#intakes.add(this.#options.now(), ids, orphans);
        this.#trim(Math.max(removedMax, 2 * ids.length));
      });
    } catch (error) {
      this.#forget();
      throw error;
    }
  }

  async appendOutcomes(outcomes: readonly StoredOutcome[]): Promise<void> {
    const commit = this.#store.commit(() => {
      const added = outcomes.filter((outcome) => {
        if (this.#outcomes.has(outcome.predictionId)) return false;
        this.#outcomes.put(outcome.predictionId, outcomeCodec.serialize(outcome));
        return true;
      });
      this.#intakes.add(this.#options.now(), [], this.#withoutPrediction(added));
    });
    await commit.catch((error: unknown) => {
      this.#forget();
      throw error;
    });
  }

  bytes(): number {
    const tables = [this.#predictions, this.#shadows, this.#outcomes, this.#intakes];
    return tables.reduce((sum, table) => sum + table.bytes(), 0);
  }

  oldestMs(): number | undefined {
    return this.#intakes.oldest()?.atMs;
  }

  async letGo(beforeMs: number): Promise<number> {
    try {
      return await this.#store.commit(() => {
        let gone = 0;
        while (gone < removedMax) {
          const oldest = this.#intakes.oldest();
          if (oldest === undefined || oldest.atMs >= beforeMs) break;
          gone += this.#remove(oldest) + 1;
        }
        return gone;
      });
    } catch (error) {
      this.#forget();
      throw error;
    }
  }

  /** Puts all that is kept in the order in which it was received, whatever order there was. For a migration: O(records), in one commit. */
  async orderAnew(): Promise<void> {
    const { predictions, shadows, outcomes } = this.all();
    const received = Array.from(predictions, ({ predictionId, receivedAtMs, intake }) => ({
      ...{ predictionId, receivedAtMs, intake },
    })).sort((a, b) => a.receivedAtMs - b.receivedAtMs || a.intake - b.intake);
    const orphans = this.#withoutPrediction([...shadows, ...outcomes]);
    // What does not say when it came, came before the first that does.
    const oldestMs =
      received.find(({ receivedAtMs }) => receivedAtMs > 0)?.receivedAtMs ?? this.#options.now();
    await this.#store.commit(() => {
      this.#intakes.clear();
      for (let from = 0; from < orphans.length; from += orderedRows) {
        this.#intakes.add(oldestMs, [], orphans.slice(from, from + orderedRows));
      }
      for (let from = 0; from < received.length; from += orderedRows) {
        const some = received.slice(from, from + orderedRows);
        const ids = some.map(({ predictionId }) => predictionId);
        this.#intakes.add(Math.max(oldestMs, some.at(-1)?.receivedAtMs ?? 0), ids, []);
      }
    });
  }

  /** A transaction that was not made may have counted what it did not write. */
  #forget(): void {
    this.#intakes.renew();
    this.#count = this.#intakes.count();
  }

  /** Gives the ids of records that belong to no prediction that is there, in the order of the records. */
  #withoutPrediction(records: readonly { readonly predictionId: string }[]): readonly string[] {
    const masks = new Map<string, number>();
    const ids = records.map(({ predictionId }) => predictionId);
    return ids.filter((predictionId) => {
      const block = blockOf(predictionId);
      const mask = masks.get(block) ?? this.#predictions.mask(block);
      masks.set(block, mask);
      return (mask & bitOf(placeOf(predictionId))) === 0;
    });
  }

  prediction(predictionId: string): StoredPrediction | undefined {
    return this.#predictions.get(predictionId);
  }

  shadows(predictionId: string): readonly StoredShadow[] {
    return this.#shadows.get(predictionId);
  }

  outcome(predictionId: string): StoredOutcome | undefined {
    const bytes = this.#outcomes.get(predictionId);
    return bytes && outcomeCodec.deserialize(bufferOf(bytes));
  }

  newest(): Iterable<StoredPrediction> {
    const routers = this.#predictions.routers();
    return newestFirst(routers.map((router) => this.#predictions.newestOf(router)));
  }

  all() {
    const outcomes = this.#outcomes;
    return {
      predictions: this.#predictions.all(),
      shadows: this.#shadows.all(),
      outcomes: (function* () {
        for (const { value } of outcomes.range()) yield outcomeCodec.deserialize(bufferOf(value));
      })(),
    };
  }

  /** Removes the oldest predictions beyond the limit, with all that came with them: some more than that, where a batch has more. The newest batch stays. */
  #trim(removedMost: number): void {
    let removed = 0;
    while (this.#count > this.#options.predictionsMax && removed < removedMost) {
      const oldest = this.#intakes.oldest();
      if (oldest === undefined) return;
      removed += this.#remove(oldest) + 1;
    }
  }

  /** Removes what came in a batch, and what belongs to it. Gives how many predictions went. */
  #remove({ row, predictions, orphans }: IntakeRow): number {
    const gone = masksOf(predictions);
    const removed = this.#predictions.remove(gone);
    this.#shadows.remove(gone);
    for (const [first, last] of predictions) {
      for (const key of this.#outcomesOf(first, last)) this.#outcomes.remove(key);
    }
    this.#removeOrphans(orphans);
    this.#intakes.remove(row);
    this.#count -= removed;
    return removed;
  }

  /** Where a prediction has come since, it takes along what belongs to it. */
  #removeOrphans(orphans: readonly IdRun[]): void {
    const gone = new Map<string, number>();
    for (const [block, mask] of masksOf(orphans)) {
      gone.set(block, (mask & ~this.#predictions.mask(block)) >>> 0);
    }
    this.#shadows.remove(gone);
    for (const [first, last] of orphans) {
      for (const key of this.#outcomesOf(first, last)) {
        const bit = bitOf(placeOf(key));
        if (((gone.get(blockOf(key)) ?? 0) & bit) !== 0) this.#outcomes.remove(key);
      }
    }
  }

  #outcomesOf(first: string, last: string): readonly string[] {
    // Behind the last id, and before all that follow it.
    return [...this.#outcomes.keys({ start: first, end: `${last}!` })].map(String);
  }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
