import type { LoggedPrediction__Output } from '../../gen/mlmesh/monitor/v1/LoggedPrediction.ts';
import type { Outcome, Outcome__Output } from '../../gen/mlmesh/monitor/v1/Outcome.ts';
import type {
  ShadowAnswer,
  ShadowAnswer__Output,
} from '../../gen/mlmesh/monitor/v1/ShadowAnswer.ts';
import { loadMessage } from '../../shared/platform/grpc/load-proto.ts';
import type { KeyValueStore, StoreTable } from '../../shared/platform/store/key-value-store.ts';
import type { RetainedLog } from '../../shared/platform/store/retention.ts';
import type { PredictionStore, StoredOutcome, StoredPrediction, StoredShadow } from '../ports.ts';
import { newestFirst } from './newest-first.ts';
import { type IntakeRow, PredictionIntakes } from './prediction-intakes.ts';

const predictionCodec = loadMessage<StoredPrediction, LoggedPrediction__Output>(
  'mlmesh.monitor.v1.LoggedPrediction',
);
const shadowCodec = loadMessage<ShadowAnswer, ShadowAnswer__Output>(
  'mlmesh.monitor.v1.ShadowAnswer',
);
const outcomeCodec = loadMessage<Outcome, Outcome__Output>('mlmesh.monitor.v1.Outcome');

/** Predictions that one commit lets go of, or little more: a millisecond's work for each hundred. */
const removedMax = 2_048;

/** Records of a batch that is put together afterwards. */
const orderedRows = 256;

/** Routers whose highest id is kept; a restart makes a new one. */
const routersMax = 1_000;

/** How a log of predictions is kept. */
export interface PredictionLogOptions {
  /** The oldest predictions leave when there are more. */
  readonly predictionsMax: number;
  /** Gives the time, epoch ms, by which records get old. */
  readonly now: () => number;
}

/**
 * The log in LMDB: a table each, by prediction id, the records as protobuf. Ids of one router ascend, so appends go to the end; what is oldest says the order in
 * which records came, since those of several routers do not lie in it.
 */
export class LmdbPredictions implements PredictionStore, RetainedLog {
  readonly name = 'predictions';
  readonly #store: KeyValueStore;
  readonly #options: PredictionLogOptions;
  readonly #predictions: StoreTable;
  readonly #shadows: StoreTable;
  readonly #outcomes: StoreTable;
  readonly #intakes: PredictionIntakes;
  /** By router: the highest id that is stored. Its ids ascend, so that a higher one is not looked up. */
  readonly #newest = new Map<string, string>();
  /** Kept here: a table counts its pairs by walking over them. */
  #count: number;

  constructor(store: KeyValueStore, options: PredictionLogOptions) {
    this.#store = store;
    this.#options = options;
    this.#predictions = store.table('predictions');
    this.#shadows = store.table('shadows');
    this.#outcomes = store.table('outcomes');
    this.#intakes = new PredictionIntakes(store);
    this.#count = this.#predictions.count();
  }

  async append(
    predictions: readonly StoredPrediction[],
    shadows: readonly StoredShadow[],
  ): Promise<void> {
    try {
      await this.#store.commit(() => {
        const added = predictions.filter((prediction) => this.#put(prediction));
        const ids = added.map(({ predictionId }) => predictionId);
        const orphans: string[] = [];
        for (const shadow of shadows) {
          const { predictionId, version } = shadow;
          if (!putNew(this.#shadows, [predictionId, version], () => shadowCodec.serialize(shadow)))
            continue;
          if (!this.#predictions.has(predictionId)) orphans.push(predictionId);
        }
        this.#intakes.add(this.#options.now(), ids, orphans);
        this.#trim(Math.max(removedMax, 2 * ids.length));
      });
    } catch (error) {
      // The transaction may have counted and noted what it did not write.
      this.#count = this.#predictions.count();
      this.#newest.clear();
      throw error;
    }
  }

  async appendOutcomes(outcomes: readonly StoredOutcome[]): Promise<void> {
    await this.#store.commit(() => {
      const added = outcomes
        .filter((outcome) =>
          putNew(this.#outcomes, outcome.predictionId, () => outcomeCodec.serialize(outcome)),
        )
        .map(({ predictionId }) => predictionId);
      const orphans = added.filter((predictionId) => !this.#predictions.has(predictionId));
      this.#intakes.add(this.#options.now(), [], orphans);
    });
  }

  bytes(): number {
    const tables = [this.#predictions, this.#shadows, this.#outcomes];
    return tables.reduce((sum, table) => sum + table.bytes(), this.#intakes.bytes());
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
      this.#count = this.#predictions.count();
      throw error;
    }
  }

  /** Puts all that is kept in the order in which it was received, whatever order there was. For a migration: O(records), in one commit. */
  async orderAnew(): Promise<void> {
    const { predictions, shadows, outcomes } = this.all();
    const received = Array.from(predictions, ({ predictionId, receivedAtMs, intake }) => ({
      ...{ predictionId, receivedAtMs, intake },
    })).sort((a, b) => a.receivedAtMs - b.receivedAtMs || a.intake - b.intake);
    const isOrphan = ({ predictionId }: { readonly predictionId: string }) =>
      !this.#predictions.has(predictionId);
    const orphans = [
      ...Array.from(shadows).filter(isOrphan),
      ...Array.from(outcomes).filter(isOrphan),
    ].map(({ predictionId }) => predictionId);
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

  /** Tells whether it is new. */
  #put(prediction: StoredPrediction): boolean {
    const { predictionId } = prediction;
    if (!this.#isHighest(predictionId) && this.#predictions.has(predictionId)) return false;
    this.#predictions.put(predictionId, predictionCodec.serialize(prediction));
    this.#count += 1;
    return true;
  }

  /** Whether an id is above all that this process has seen of its router, and stored ones of before; notes it then. */
  #isHighest(predictionId: string): boolean {
    const router = predictionId.slice(0, predictionId.indexOf('-'));
    const highest = this.#newest.get(router) ?? this.#highestOf(router);
    if (predictionId <= highest) return false;
    if (this.#newest.size >= routersMax) this.#newest.clear();
    this.#newest.set(router, predictionId);
    return true;
  }

  #highestOf(router: string): string {
    const range = { start: `${router}-`, end: `${router}.`, limit: 1, isReverse: true };
    for (const key of this.#predictions.keys(range)) return String(key);
    return '';
  }

  prediction(predictionId: string): StoredPrediction | undefined {
    const bytes = this.#predictions.get(predictionId);
    return bytes && predictionCodec.deserialize(bufferOf(bytes));
  }

  shadows(predictionId: string): readonly StoredShadow[] {
    const range = { start: [predictionId, 0], end: [predictionId, Number.MAX_SAFE_INTEGER] };
    return [...this.#shadows.range(range)].map(({ value }) =>
      shadowCodec.deserialize(bufferOf(value)),
    );
  }

  outcome(predictionId: string): StoredOutcome | undefined {
    const bytes = this.#outcomes.get(predictionId);
    return bytes && outcomeCodec.deserialize(bufferOf(bytes));
  }

  newest(): Iterable<StoredPrediction> {
    return newestFirst(this.#routers().map((router) => this.#newestOf(router)));
  }

  *#newestOf(router: string): Generator<StoredPrediction> {
    const range = { start: `${router}-`, end: `${router}.`, isReverse: true };
    for (const { value } of this.#predictions.range(range)) {
      yield predictionCodec.deserialize(bufferOf(value));
    }
  }

  /** Gives the routers whose predictions are kept, the last one started first. A look-up each. */
  #routers(): readonly string[] {
    const routers: string[] = [];
    for (let end: string | undefined; ; ) {
      const range = { ...(end === undefined ? {} : { end }), limit: 1, isReverse: true };
      const [last] = [...this.#predictions.keys(range)];
      if (last === undefined) return routers;
      const router = String(last).slice(0, String(last).indexOf('-'));
      routers.push(router);
      end = `${router}-`;
    }
  }

  all() {
    return {
      predictions: decoded(this.#predictions, (bytes) => predictionCodec.deserialize(bytes)),
      shadows: decoded(this.#shadows, (bytes) => shadowCodec.deserialize(bytes)),
      outcomes: decoded(this.#outcomes, (bytes) => outcomeCodec.deserialize(bytes)),
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
    let removed = 0;
    for (const [first, last] of predictions) {
      for (const key of [...this.#predictions.keys({ start: first, end: after(last) })]) {
        this.#predictions.remove(key);
        removed += 1;
      }
      this.#removeBeside(first, last);
    }
    for (const [first, last] of orphans) this.#removeOrphans(first, last);
    this.#intakes.remove(row);
    this.#count -= removed;
    return removed;
  }

  #removeBeside(first: string, last: string): void {
    const shadows = { start: [first, 0], end: [after(last), 0] };
    for (const key of [...this.#shadows.keys(shadows)]) this.#shadows.remove(key);
    const outcomes = { start: first, end: after(last) };
    for (const key of [...this.#outcomes.keys(outcomes)]) this.#outcomes.remove(key);
  }

  /** Where a prediction has come since, it takes along what belongs to it. */
  #removeOrphans(first: string, last: string): void {
    const shadows = { start: [first, 0], end: [after(last), 0] };
    for (const key of [...this.#shadows.keys(shadows)]) {
      const [predictionId = ''] = Array.isArray(key) ? key : [key];
      if (!this.#predictions.has(predictionId)) this.#shadows.remove(key);
    }
    const outcomes = { start: first, end: after(last) };
    for (const key of [...this.#outcomes.keys(outcomes)]) {
      if (!this.#predictions.has(key)) this.#outcomes.remove(key);
    }
  }
}

/** Gives a text behind an id and before all that follow it: the end of a range that includes the id. */
function after(predictionId: string): string {
  return `${predictionId}!`;
}

/** Tells whether it was new. */
function putNew(table: StoreTable, key: string | [string, number], bytes: () => Buffer): boolean {
  if (table.has(key)) return false;
  table.put(key, bytes());
  return true;
}

function* decoded<T>(table: StoreTable, decode: (bytes: Buffer) => T): Iterable<T> {
  for (const { value } of table.range()) yield decode(bufferOf(value));
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
