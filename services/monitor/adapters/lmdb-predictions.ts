import type {
  LoggedPrediction,
  LoggedPrediction__Output,
} from '../../gen/mlmesh/monitor/v1/LoggedPrediction.ts';
import type { Outcome, Outcome__Output } from '../../gen/mlmesh/monitor/v1/Outcome.ts';
import type {
  ShadowAnswer,
  ShadowAnswer__Output,
} from '../../gen/mlmesh/monitor/v1/ShadowAnswer.ts';
import { loadMessage } from '../../shared/platform/grpc/load-proto.ts';
import type { KeyValueStore, StoreTable } from '../../shared/platform/store/key-value-store.ts';
import type { PredictionStore, StoredOutcome, StoredPrediction, StoredShadow } from '../ports.ts';
import { newestFirst } from './newest-first.ts';

const predictionCodec = loadMessage<LoggedPrediction, LoggedPrediction__Output>(
  'mlmesh.monitor.v1.LoggedPrediction',
);
const shadowCodec = loadMessage<ShadowAnswer, ShadowAnswer__Output>(
  'mlmesh.monitor.v1.ShadowAnswer',
);
const outcomeCodec = loadMessage<Outcome, Outcome__Output>('mlmesh.monitor.v1.Outcome');

/** Routers whose highest id is kept; a restart makes a new one. */
const routersMax = 1_000;

/** The log in LMDB: a table each, by prediction id, the records as protobuf. Ids ascend, so appends go to the end. */
export class LmdbPredictions implements PredictionStore {
  readonly #store: KeyValueStore;
  readonly #predictionsMax: number;
  readonly #predictions: StoreTable;
  readonly #shadows: StoreTable;
  readonly #outcomes: StoreTable;
  /** By router: the highest id that is stored. Its ids ascend, so that a higher one is not looked up. */
  readonly #newest = new Map<string, string>();
  /** Kept here: a table counts its pairs by walking over them. */
  #count: number;

  /** @param predictionsMax the oldest predictions leave when there are more */
  constructor(store: KeyValueStore, predictionsMax: number) {
    this.#store = store;
    this.#predictionsMax = predictionsMax;
    this.#predictions = store.table('predictions');
    this.#shadows = store.table('shadows');
    this.#outcomes = store.table('outcomes');
    this.#count = this.#predictions.count();
  }

  async append(
    predictions: readonly StoredPrediction[],
    shadows: readonly StoredShadow[],
  ): Promise<void> {
    try {
      await this.#store.commit(() => {
        for (const prediction of predictions) {
          const { predictionId } = prediction;
          if (!this.#isHighest(predictionId) && this.#predictions.has(predictionId)) continue;
          this.#predictions.put(predictionId, predictionCodec.serialize(toWire(prediction)));
          this.#count += 1;
        }
        for (const shadow of shadows) {
          const { predictionId, version } = shadow;
          putNew(this.#shadows, [predictionId, version], () => shadowCodec.serialize(shadow));
        }
        this.#trim();
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
      for (const outcome of outcomes) {
        putNew(this.#outcomes, outcome.predictionId, () => outcomeCodec.serialize(outcome));
      }
    });
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

  /** Removes the oldest predictions beyond the limit, and all shadows and outcomes before the oldest that stays. */
  #trim(): void {
    const surplus = this.#count - this.#predictionsMax;
    if (surplus <= 0) return;
    const keys = [...this.#predictions.range({ limit: surplus + 1 })].map(({ key }) => String(key));
    for (const predictionId of keys.slice(0, surplus)) this.#predictions.remove(predictionId);
    this.#count -= surplus;
    const oldestKept = keys[surplus];
    if (oldestKept === undefined) return;
    for (const { key } of [...this.#shadows.range({ end: [oldestKept, 0] })]) {
      this.#shadows.remove(key);
    }
    for (const { key } of [...this.#outcomes.range({ end: oldestKept })]) {
      this.#outcomes.remove(key);
    }
  }
}

function toWire(prediction: StoredPrediction): LoggedPrediction {
  const { keys, shadowVersions } = prediction;
  return { ...prediction, keys: [...keys], shadowVersions: [...shadowVersions] };
}

function putNew(table: StoreTable, key: string | [string, number], bytes: () => Buffer): void {
  if (!table.has(key)) table.put(key, bytes());
}

function* decoded<T>(table: StoreTable, decode: (bytes: Buffer) => T): Iterable<T> {
  for (const { value } of table.range()) yield decode(bufferOf(value));
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
