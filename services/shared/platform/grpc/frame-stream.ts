/*
 * A long-lived stream between services with natural batching: a frame carries all that queued while the frames before
 * it were under way, so at low load a frame holds one item and under load the cost of a hop is shared.
 *
 *     const infer = connectFrames('mlmesh.prediction.v1.PredictionService', 'infer', {
 *       addresses: ['127.0.0.1:5003'],
 *       codec,                                  // FrameCodec<Row, InferRequest, InferResponse__Output, Outputs>
 *       clock: systemClock,
 *     });
 *     const outputs = await infer.request(row, { deadline });
 *     infer.submit(row, { deadline }, (error, outputs) => ...);   // the same without a promise
 *     infer.close();
 *
 * An item that does not fit into the queue fails at once (QUEUE_FULL), as does one that comes while no stream is open
 * and all that a broken stream carried (PEER_UNAVAILABLE): callers fall to a lower tier without waiting. An item whose
 * deadline passes fails then, wherever it is (DEADLINE_PASSED); its late answer is dropped and counted.
 *
 * Over several addresses an item goes to the replica with the least to do. One that a replica could not answer, because
 * its stream broke, it stops, or it does not have what it takes, goes to another one within its deadline and a budget,
 * where the method is idempotent. A replica that takes no new calls gets nothing new; one that fails or is slow where the
 * others don't and are not is left out for a time (OutlierDetector).
 */
import type { Clock, Random } from '../../kernel/clock.ts';
import { MeshError } from '../../kernel/mesh-error.ts';
import type { MonotonicMs } from '../../kernel/units.ts';
import type { NaturalBatcherOptions } from '../../policy/natural-batcher.ts';
import { OutlierDetector } from '../../policy/outlier-detector.ts';
import { createRetryBudget } from '../../policy/retry-budget.ts';
import { parseBindAddress } from './bind-address.ts';
import type { EncodedMessage } from './encoded-message.ts';
import type { FrameCodec } from './frame-codec.ts';
import { FrameLink, type FrameLinkStats } from './frame-link.ts';
import { type HedgeFigures, type HedgeOptions, Hedger } from './hedger.ts';
import { loadMethod } from './load-proto.ts';
import { oneLookup } from './one-lookup.ts';
import type { OtherLinks, PendingItem } from './pending-item.ts';
import type {
  ClientRequestOf,
  ClientResponseOf,
  MethodName,
  ServiceName,
} from './service-types.ts';
import { type ClientTls, SecureOptions } from './tls/secure-options.ts';

/** What a frame stream is made of. */
export interface FrameStreamOptions<Item, Frame, Reply, Result>
  extends Partial<NaturalBatcherOptions> {
  /** One stream each; an item goes to the open one that has the least to do. */
  readonly addresses: readonly string[];
  readonly codec: FrameCodec<Item, Frame, Reply, Result>;
  readonly clock: Clock;
  readonly random?: Random;
  /** Plain text without it. */
  readonly tls?: ClientTls | undefined;
  /** Largest message that is taken or sent. Default 16 MiB. */
  readonly messageBytesMax?: number;
  /** A frame that takes longer breaks its stream. Default 10 s. */
  readonly frameMsMax?: number;
  /** When an item is sent to a second replica as well; left out, never. Needs two addresses and an idempotent method. */
  readonly hedge?: HedgeOptions | undefined;
  /** Called when the number of open streams becomes 0 or is no longer 0. */
  readonly onOpenChange?: (isOpen: boolean) => void;
}

/** What each item says. */
export interface ItemOptions {
  /** After this it fails. */
  readonly deadline: MonotonicMs;
  /** Rows that it counts for. Default 1. */
  readonly rows?: number;
}

/** Called once for each item, possibly before `submit` returns. */
export type ItemCallback<Result> = (
  error: MeshError | undefined,
  result: Result | undefined,
) => void;

/** What a stream over several replicas does for its items. */
export interface ReplicaFigures extends HedgeFigures {
  /** Items since the start that one replica failed and another one got. */
  readonly itemsFailedOver: number;
  /** Replicas that are left out now, since they are out of line of the others. */
  readonly replicasEjected: number;
}

/** Items in, results out, over streams that open again by themselves. */
export interface FrameStream<Item, Result> extends ReplicaFigures {
  /** Whether any stream is open. */
  readonly isOpen: boolean;
  submit(item: Item, options: ItemOptions, onSettled: ItemCallback<Result>): void;
  /**
   * Gives the result of one item.
   * @throws {MeshError} RESOURCE_EXHAUSTED / QUEUE_FULL.
   * @throws {MeshError} UNAVAILABLE / PEER_UNAVAILABLE when no stream is open or the item's breaks.
   * @throws {MeshError} DEADLINE_EXCEEDED / DEADLINE_PASSED.
   */
  request(item: Item, options: ItemOptions): Promise<Result>;
  /** Figures of each address, in order. */
  stats(): readonly FrameLinkStats[];
  /** Closes all streams; items under way fail with CANCELLED / CALL_CANCELLED. */
  close(): void;
}

const defaults = {
  queueRowsMax: 1_024,
  frameRowsMax: 64,
  framesMax: 2, // one on the wire while the peer works on the other; more would only make frames smaller
  companyRows: 8, // from here on what one more frame costs is shared by enough
  companyMs: 1, // the shortest that a timer can wait
  messageBytesMax: 16 * 1024 * 1024,
  frameMsMax: 10_000,
};

/** Gives a frame stream to a bidi method that serveFrames answers; it connects at once. */
export function connectFrames<
  N extends ServiceName,
  M extends MethodName<N> & string,
  Item,
  Result,
>(
  service: N,
  method: M,
  options: FrameStreamOptions<
    Item,
    ClientRequestOf<N, M> | EncodedMessage,
    ClientResponseOf<N, M>,
    Result
  >,
): FrameStream<Item, Result> {
  return new LinkedFrameStream<Item, Result>(
    service,
    method,
    // The message types end here: the wire knows objects.
    options as unknown as FrameStreamOptions<Item, object, object, Result>,
  );
}

// 0.2: a fifth more traffic is what a replica must bear; 256 because a stream that breaks fails all that it carried at once.
const failoverBudget = { retriesPerCall: 0.2, retriesMax: 256 };

class LinkedFrameStream<Item, Result> implements FrameStream<Item, Result> {
  readonly #name: string;
  readonly #isIdempotent: boolean;
  readonly #clock: Clock;
  readonly #outliers: OutlierDetector;
  readonly #budget = createRetryBudget(failoverBudget);
  readonly #links: readonly FrameLink<Item, Result>[];
  readonly #hedger: Hedger<Item, Result> | undefined;
  readonly #onOpenChange: (isOpen: boolean) => void;
  #wasOpen = false;
  #lastUsed = 0;
  #itemsFailedOver = 0;

  constructor(
    service: ServiceName,
    methodKey: string,
    options: FrameStreamOptions<Item, object, object, Result>,
  ) {
    const method = loadMethod(service, methodKey);
    this.#name = method.method;
    this.#isIdempotent = method.isIdempotent;
    this.#clock = options.clock;
    this.#outliers = new OutlierDetector(options.addresses.length);
    this.#onOpenChange = options.onOpenChange ?? (() => {});
    const { hedge, addresses } = options;
    if (hedge !== undefined && addresses.length > 1 && method.isIdempotent) {
      this.#hedger = new Hedger(hedge, options.clock, (item, except) =>
        this.#offerElsewhere(item, except),
      );
    }
    const messageBytesMax = options.messageBytesMax ?? defaults.messageBytesMax;
    const { tls } = options;
    const secure = tls && { options: new SecureOptions(tls), token: tls.token };
    this.#links = options.addresses.map(
      (address, index) =>
        new FrameLink<Item, Result>({
          method,
          address,
          target: parseBindAddress(address),
          lookup: oneLookup(),
          secure,
          messageBytesMax,
          codec: options.codec,
          clock: options.clock,
          random: options.random ?? { next: () => Math.random() },
          queueRowsMax: options.queueRowsMax ?? defaults.queueRowsMax,
          frameRowsMax: options.frameRowsMax ?? defaults.frameRowsMax,
          framesMax: options.framesMax ?? defaults.framesMax,
          companyRows: options.companyRows ?? defaults.companyRows,
          companyMs: options.companyMs ?? defaults.companyMs,
          frameMsMax: options.frameMsMax ?? defaults.frameMsMax,
          onStateChange: () => this.#onStateChange(),
          ...(options.addresses.length > 1 ? { others: this.#othersOf(index) } : {}),
        }),
    );
  }

  get isOpen(): boolean {
    return this.#links.some((link) => link.isOpen);
  }

  submit(item: Item, { deadline, rows = 1 }: ItemOptions, onSettled: ItemCallback<Result>): void {
    const link = this.#links.length === 1 ? this.#only() : this.#first();
    if (link === undefined) {
      onSettled(this.#unavailable(), undefined);
      return;
    }
    const plain = { item, rows, deadline, onSettled, isSettled: false, attempts: 1, seat: -1 };
    const pending = this.#hedger === undefined ? plain : this.#hedger.race(plain, this.#lastUsed);
    if (!link.offer(pending)) pending.onSettled(this.#queueFull(), undefined);
  }

  request(item: Item, options: ItemOptions): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      this.submit(item, options, (error, result) => {
        if (error !== undefined) reject(error);
        else resolve(result as Result); // without an error there is a result, which may itself be undefined
      });
    });
  }

  stats(): readonly FrameLinkStats[] {
    return this.#links.map((link) => link.stats());
  }

  get itemsFailedOver(): number {
    return this.#itemsFailedOver;
  }

  get itemsHedged(): number {
    return this.#hedger?.itemsHedged ?? 0;
  }

  get hedgesWon(): number {
    return this.#hedger?.hedgesWon ?? 0;
  }

  get replicasEjected(): number {
    return this.#outliers.ejected(this.#clock.monotonic());
  }

  close(): void {
    const error = new MeshError({
      code: 'CANCELLED',
      reason: 'CALL_CANCELLED',
      message: `${this.#name}: the stream was closed on this side`,
    });
    this.#hedger?.close();
    for (const link of this.#links) link.close(error);
  }

  #first(): FrameLink<Item, Result> | undefined {
    this.#budget.deposit();
    return this.#leastBusy(undefined);
  }

  #only(): FrameLink<Item, Result> | undefined {
    const link = this.#links[0];
    return link?.isOpen ? link : undefined;
  }

  /**
   * Gives the open link with the least to do, other than `except`; among equals they take turns, so that replicas share a low load too. One
   * that is left out as an outlier is better than none.
   */
  #leastBusy(except: number | undefined): FrameLink<Item, Result> | undefined {
    const now = this.#clock.monotonic();
    const { length } = this.#links;
    let best: FrameLink<Item, Result> | undefined;
    let bestIndex = 0;
    let isBestEjected = true;
    for (let step = 1; step <= length; step += 1) {
      const index = (this.#lastUsed + step) % length;
      const link = this.#links[index];
      if (index === except || !link?.isOpen) continue;
      const isEjected = this.#outliers.isEjected(index, now);
      if (best !== undefined && isEjected && !isBestEjected) continue;
      const isBetter = best === undefined || isEjected !== isBestEjected || link.load < best.load;
      if (!isBetter) continue;
      best = link;
      bestIndex = index;
      isBestEjected = isEjected;
    }
    if (best !== undefined) this.#lastUsed = bestIndex;
    return best;
  }

  #othersOf(index: number): OtherLinks<Item, Result> {
    return {
      onAnswer: (latencyMs, error) => {
        const now = this.#clock.monotonic();
        if (error !== undefined && isReplicasFault(error)) this.#outliers.failed(index, now);
        else this.#outliers.answered(index, latencyMs, now);
      },
      onExpired: () => this.#outliers.failed(index, this.#clock.monotonic()),
      takeOver: (item, error) => this.#takeOver(index, item, error),
    };
  }

  #offerElsewhere(item: PendingItem<Item, Result>, except: number): boolean {
    const link = this.#leastBusy(except);
    return link?.offer(item) ?? false;
  }

  #takeOver(from: number, item: PendingItem<Item, Result>, error: MeshError): boolean {
    if (!this.#isIdempotent || !isAnsweredElsewhere(error)) return false;
    if (item.attempts >= this.#links.length) return false;
    if (item.deadline <= this.#clock.monotonic()) return false;
    const link = this.#leastBusy(from);
    if (link === undefined || !this.#budget.withdraw()) return false;
    item.attempts += 1;
    if (!link.offer(item)) return false;
    this.#itemsFailedOver += 1;
    return true;
  }

  #onStateChange(): void {
    const { isOpen } = this;
    if (isOpen === this.#wasOpen) return;
    this.#wasOpen = isOpen;
    this.#onOpenChange(isOpen);
  }

  #unavailable(): MeshError {
    const why = this.#links.find(({ whyNotOpen }) => whyNotOpen !== undefined)?.whyNotOpen;
    return new MeshError({
      code: 'UNAVAILABLE',
      reason: 'PEER_UNAVAILABLE',
      message: `${this.#name}: no stream is open${why === undefined ? '' : ` (${why})`}; it opens again by itself when the service is there`,
      retry: { kind: 'elsewhere' },
    });
  }

  #queueFull(): MeshError {
    return new MeshError({
      code: 'RESOURCE_EXHAUSTED',
      reason: 'QUEUE_FULL',
      message: `${this.#name}: the queue to the service is full; ask again a little later or less often`,
      retry: { kind: 'after', delayMs: 50 }, // a few frames from now
    });
  }
}

/** A replica that was just started may not know yet what the others have. */
function isAnsweredElsewhere({ code }: MeshError): boolean {
  return code === 'UNAVAILABLE' || code === 'NOT_FOUND';
}

/** Whether an error says that a replica is not well, rather than that it was asked for something wrong or too much. */
function isReplicasFault(error: MeshError): boolean {
  const { code } = error;
  return isAnsweredElsewhere(error) || code === 'INTERNAL' || code === 'DEADLINE_EXCEEDED';
}
