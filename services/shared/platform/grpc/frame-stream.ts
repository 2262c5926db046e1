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
 */
import type { Clock, Random } from '../../kernel/clock.ts';
import { MeshError } from '../../kernel/mesh-error.ts';
import type { MonotonicMs } from '../../kernel/units.ts';
import type { NaturalBatcherOptions } from '../../policy/natural-batcher.ts';
import { type ClientTls, openChannel } from './channel.ts';
import type { FrameCodec } from './frame-codec.ts';
import { FrameLink, type FrameLinkStats } from './frame-link.ts';
import { loadMethod } from './load-proto.ts';
import type {
  ClientRequestOf,
  ClientResponseOf,
  MethodName,
  ServiceName,
} from './service-types.ts';

/** What a frame stream is made of. */
export interface FrameStreamOptions<Item, Frame, Reply, Result>
  extends Partial<NaturalBatcherOptions> {
  /** One stream each; an item goes to the open one with the fewest items. */
  readonly addresses: readonly string[];
  readonly codec: FrameCodec<Item, Frame, Reply, Result>;
  readonly clock: Clock;
  readonly random?: Random;
  readonly tls?: ClientTls;
  /** Largest message that is taken or sent. Default 16 MiB. */
  readonly messageBytesMax?: number;
  /** A frame that takes longer breaks its stream. Default 10 s. */
  readonly frameMsMax?: number;
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

/** Items in, results out, over streams that open again by themselves. */
export interface FrameStream<Item, Result> {
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
  options: FrameStreamOptions<Item, ClientRequestOf<N, M>, ClientResponseOf<N, M>, Result>,
): FrameStream<Item, Result> {
  return new LinkedFrameStream<Item, Result>(
    service,
    method,
    // The message types end here: the wire knows objects.
    options as unknown as FrameStreamOptions<Item, object, object, Result>,
  );
}

class LinkedFrameStream<Item, Result> implements FrameStream<Item, Result> {
  readonly #name: string;
  readonly #links: readonly FrameLink<Item, Result>[];
  readonly #onOpenChange: (isOpen: boolean) => void;
  #wasOpen = false;
  #lastUsed = 0;

  constructor(
    service: ServiceName,
    methodKey: string,
    options: FrameStreamOptions<Item, object, object, Result>,
  ) {
    const method = loadMethod(service, methodKey);
    this.#name = method.method;
    this.#onOpenChange = options.onOpenChange ?? (() => {});
    const messageBytesMax = options.messageBytesMax ?? defaults.messageBytesMax;
    this.#links = options.addresses.map(
      (address) =>
        new FrameLink<Item, Result>({
          method,
          address,
          channel: openChannel(address, { tls: options.tls, messageBytesMax }),
          codec: options.codec,
          clock: options.clock,
          random: options.random ?? { next: () => Math.random() },
          queueRowsMax: options.queueRowsMax ?? defaults.queueRowsMax,
          frameRowsMax: options.frameRowsMax ?? defaults.frameRowsMax,
          framesMax: options.framesMax ?? defaults.framesMax,
          frameMsMax: options.frameMsMax ?? defaults.frameMsMax,
          onStateChange: () => this.#onStateChange(),
        }),
    );
  }

  get isOpen(): boolean {
    return this.#links.some((link) => link.isOpen);
  }

  submit(item: Item, { deadline, rows = 1 }: ItemOptions, onSettled: ItemCallback<Result>): void {
    const link = this.#leastBusy();
    if (link === undefined) {
      onSettled(this.#unavailable(), undefined);
      return;
    }
    const isTaken = link.offer({ item, rows, deadline, onSettled, isSettled: false });
    if (!isTaken) onSettled(this.#queueFull(), undefined);
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

  close(): void {
    const error = new MeshError({
      code: 'CANCELLED',
      reason: 'CALL_CANCELLED',
      message: `${this.#name}: the stream was closed on this side`,
    });
    for (const link of this.#links) link.close(error);
  }

  /** Among equals they take turns, so that replicas share a low load too. */
  #leastBusy(): FrameLink<Item, Result> | undefined {
    let best: FrameLink<Item, Result> | undefined;
    const { length } = this.#links;
    for (let step = 1; step <= length; step += 1) {
      const link = this.#links[(this.#lastUsed + step) % length];
      if (!link?.isOpen) continue;
      if (best === undefined || link.pendingItems < best.pendingItems) best = link;
    }
    if (best !== undefined && length > 1) this.#lastUsed = this.#links.indexOf(best);
    return best;
  }

  #onStateChange(): void {
    const { isOpen } = this;
    if (isOpen === this.#wasOpen) return;
    this.#wasOpen = isOpen;
    this.#onOpenChange(isOpen);
  }

  #unavailable(): MeshError {
    return new MeshError({
      code: 'UNAVAILABLE',
      reason: 'PEER_UNAVAILABLE',
      message: `${this.#name}: no stream is open; it opens again by itself when the service is there`,
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
