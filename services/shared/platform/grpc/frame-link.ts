import type { Client, ClientDuplexStream } from '@grpc/grpc-js';
import type { Clock, Random } from '../../kernel/clock.ts';
import { MeshError } from '../../kernel/mesh-error.ts';
import { type MonotonicMs, monotonicMs } from '../../kernel/units.ts';
import { NaturalBatcher, type NaturalBatcherOptions } from '../../policy/natural-batcher.ts';
import { metadataOf } from './client-calls.ts';
import type { FrameCodec, QueuedItem } from './frame-codec.ts';
import type { LoadedMethod } from './load-proto.ts';
import { deadlinePassed } from './server-call.ts';
import { decodeStatus, type GrpcError, toMeshError } from './status.ts';

/** What a link is made of. */
export interface FrameLinkOptions<Item, Result> extends NaturalBatcherOptions {
  readonly method: LoadedMethod;
  readonly address: string;
  readonly channel: Client;
  readonly codec: FrameCodec<Item, object, object, Result>;
  readonly clock: Clock;
  readonly random: Random;
  /** A frame that takes longer breaks the stream: its answer is lost. */
  readonly frameMsMax: number;
  /** Called whenever the stream opens or breaks. */
  readonly onStateChange: () => void;
}

/** One item and whoever waits for it; settled once. */
export interface PendingItem<Item, Result> extends QueuedItem<Item> {
  readonly onSettled: (error: MeshError | undefined, result: Result | undefined) => void;
  isSettled: boolean;
}

/** Figures of one link since it was made, and what it holds now. */
export interface FrameLinkStats {
  readonly queueRows: number;
  readonly framesInFlight: number;
  readonly framesSent: number;
  readonly itemsSent: number;
  /** Items whose answer came after their deadline. */
  readonly itemsLate: number;
  readonly breaks: number;
}

interface Frame {
  batchesLeft: number;
  readonly sentAt: MonotonicMs;
}

interface Batch<Item, Result> {
  readonly items: readonly PendingItem<Item, Result>[];
  readonly frame: Frame;
}

const backoffMsMin = 20;
const backoffMsMax = 500;
const openMsStable = 1_000; // a stream that lasted this long was no failed try
const connectMsMax = 5_000; // grpc-js asks again by itself; this only bounds one wait
const batchIdMax = 0xffff_ffff; // uint32 on the wire

/** The long-lived stream to one address: opens it, keeps it open, and carries items in frames while it is open. */
export class FrameLink<Item, Result> {
  readonly #options: FrameLinkOptions<Item, Result>;
  readonly #batcher: NaturalBatcher<PendingItem<Item, Result>>;
  readonly #batches = new Map<number, Batch<Item, Result>>();
  readonly #pending = new Set<PendingItem<Item, Result>>();
  #stream: ClientDuplexStream<object, object> | undefined;
  #openedAt = monotonicMs(0);
  #backoffMs = backoffMsMin;
  #reconnectTimer: NodeJS.Timeout | undefined;
  #expiryTimer: NodeJS.Timeout | undefined;
  #expiryAt = Number.POSITIVE_INFINITY;
  #nextBatchId = 1;
  #isFlushQueued = false;
  #isClosed = false;
  #framesSent = 0;
  #itemsSent = 0;
  #itemsLate = 0;
  #breaks = 0;

  constructor(options: FrameLinkOptions<Item, Result>) {
    this.#options = options;
    this.#batcher = new NaturalBatcher(options);
    this.#connect();
  }

  /** Whether items are taken now. */
  get isOpen(): boolean {
    return this.#stream !== undefined;
  }

  /** Items that wait or are under way. */
  get pendingItems(): number {
    return this.#pending.size;
  }

  /** Takes an item; false when the queue is full. Only while the link is open. */
  offer(item: PendingItem<Item, Result>): boolean {
    if (!this.#batcher.offer(item)) return false;
    this.#pending.add(item);
    if (item.deadline < this.#expiryAt) this.#armExpiry(item.deadline);
    if (!this.#isFlushQueued && this.#batcher.isReady) {
      // All that arrives in one turn of the event loop shares a frame, and nobody waits for a timer.
      this.#isFlushQueued = true;
      setImmediate(this.#flush);
    }
    return true;
  }

  stats(): FrameLinkStats {
    return {
      queueRows: this.#batcher.queueRows,
      framesInFlight: this.#batcher.frames,
      framesSent: this.#framesSent,
      itemsSent: this.#itemsSent,
      itemsLate: this.#itemsLate,
      breaks: this.#breaks,
    };
  }

  /** Ends the stream; items under way fail with `error`. */
  close(error: MeshError): void {
    this.#isClosed = true;
    clearTimeout(this.#reconnectTimer);
    this.#break(error);
    this.#options.channel.close();
  }

  #connect(): void {
    this.#options.channel.waitForReady(Date.now() + connectMsMax, (error) => {
      if (this.#isClosed) return;
      if (error === undefined) this.#open();
      else this.#connectLater();
    });
  }

  #connectLater(): void {
    const delayMs = this.#backoffMs * (0.5 + this.#options.random.next() / 2);
    this.#backoffMs = Math.min(backoffMsMax, this.#backoffMs * 2);
    this.#reconnectTimer = setTimeout(() => this.#connect(), delayMs);
  }

  #open(): void {
    const { method, channel, onStateChange, clock } = this.#options;
    const { path, requestSerialize, responseDeserialize } = method.definition;
    const metadata = metadataOf({ trace: undefined });
    const stream = channel.makeBidiStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      metadata,
    );
    this.#stream = stream;
    this.#openedAt = clock.monotonic();
    stream.on('data', (reply: object) => {
      if (this.#stream === stream) this.#onReply(reply);
    });
    stream.on('error', (error: GrpcError) => {
      if (this.#stream === stream) this.#onBroken(decodeStatus(error, method.method));
    });
    stream.on('end', () => {
      // The error of a stream that failed comes in the same turn.
      setImmediate(() => {
        if (this.#stream === stream) this.#onBroken(undefined);
      });
    });
    onStateChange();
  }

  #onBroken(cause: MeshError | undefined): void {
    const { clock, address, method } = this.#options;
    if (clock.monotonic() - this.#openedAt > openMsStable) this.#backoffMs = backoffMsMin;
    this.#breaks += 1;
    this.#break(
      new MeshError({
        code: 'UNAVAILABLE',
        reason: 'PEER_UNAVAILABLE',
        message: `${method.method}: the stream to ${address} broke (${cause?.message ?? 'the peer ended it'}); it opens again by itself`,
        retry: { kind: 'elsewhere' },
        cause,
      }),
    );
    if (!this.#isClosed) this.#connectLater();
  }

  /** Everything that waits or is under way fails at once, so that its callers fall back. */
  #break(error: MeshError): void {
    const stream = this.#stream;
    this.#stream = undefined;
    stream?.cancel();
    this.#batcher.reset();
    this.#batches.clear();
    clearTimeout(this.#expiryTimer);
    this.#expiryAt = Number.POSITIVE_INFINITY;
    const items = [...this.#pending];
    this.#pending.clear();
    if (stream !== undefined) this.#options.onStateChange();
    for (const item of items) this.#settle(item, error, undefined);
  }

  readonly #flush = (): void => {
    this.#isFlushQueued = false;
    while (this.#stream !== undefined && this.#batcher.isReady) {
      const now = this.#options.clock.monotonic();
      const { items, expired } = this.#batcher.take(now);
      for (const item of expired) this.#expire(item);
      if (items.length > 0) this.#send(this.#stream, items, now);
    }
  };

  #send(
    stream: ClientDuplexStream<object, object>,
    items: readonly PendingItem<Item, Result>[],
    now: MonotonicMs,
  ): void {
    const firstBatchId = this.#nextBatchId;
    try {
      const { frame, batches } = this.#options.codec.encode(items, firstBatchId, now);
      const sent: Frame = { batchesLeft: batches.length, sentAt: now };
      batches.forEach((batch, index) => {
        // The codec gives back the very items it was given.
        const pending = batch as readonly PendingItem<Item, Result>[];
        this.#batches.set(firstBatchId + index, { items: pending, frame: sent });
      });
      this.#nextBatchId += batches.length;
      if (this.#nextBatchId > batchIdMax - this.#options.frameRowsMax) this.#nextBatchId = 1;
      this.#framesSent += 1;
      this.#itemsSent += items.length;
      stream.write(frame);
    } catch (thrown) {
      this.#batcher.settle();
      const error = toMeshError(thrown);
      for (const item of items) this.#settle(item, error, undefined);
    }
  }

  #onReply(reply: object): void {
    try {
      for (const outcome of this.#options.codec.decode(reply)) {
        const batch = this.#batches.get(outcome.batchId);
        if (batch === undefined) continue;
        this.#batches.delete(outcome.batchId);
        batch.frame.batchesLeft -= 1;
        if (batch.frame.batchesLeft === 0) this.#batcher.settle();
        this.#settleBatch(batch, outcome);
      }
    } catch (thrown) {
      // A reply that cannot be read leaves it open which batches are still to come.
      this.#onBroken(toMeshError(thrown));
    }
    this.#flush();
  }

  #settleBatch(
    { items }: Batch<Item, Result>,
    {
      error,
      resultOf,
    }: { readonly error?: MeshError | undefined; readonly resultOf: (index: number) => Result },
  ): void {
    for (const [index, item] of items.entries()) {
      if (item.isSettled) this.#itemsLate += 1;
      else if (error !== undefined) this.#settle(item, error, undefined);
      else this.#settleResult(item, resultOf, index);
    }
  }

  #settleResult(
    item: PendingItem<Item, Result>,
    resultOf: (index: number) => Result,
    index: number,
  ): void {
    let result: Result;
    try {
      result = resultOf(index);
    } catch (thrown) {
      this.#settle(item, toMeshError(thrown), undefined);
      return;
    }
    this.#settle(item, undefined, result);
  }

  #settle(
    item: PendingItem<Item, Result>,
    error: MeshError | undefined,
    result: Result | undefined,
  ): void {
    if (item.isSettled) return;
    item.isSettled = true;
    this.#pending.delete(item);
    item.onSettled(error, result);
  }

  #expire(item: PendingItem<Item, Result>): void {
    this.#settle(item, deadlinePassed(this.#options.method.method), undefined);
  }

  #armExpiry(at: MonotonicMs): void {
    clearTimeout(this.#expiryTimer);
    this.#expiryAt = at;
    const delayMs = Math.max(1, Math.ceil(at - this.#options.clock.monotonic()));
    this.#expiryTimer = setTimeout(this.#sweep, delayMs);
  }

  /** Fails what has expired, wherever it is; its frame stays under way until its answer comes. */
  readonly #sweep = (): void => {
    const now = this.#options.clock.monotonic();
    this.#expiryAt = Number.POSITIVE_INFINITY;
    let earliest = Number.POSITIVE_INFINITY;
    for (const item of this.#pending) {
      if (item.deadline <= now) this.#expire(item);
      else if (item.deadline < earliest) earliest = item.deadline;
    }
    if (earliest < this.#expiryAt) this.#armExpiry(monotonicMs(earliest));
    const oldest = this.#batches.values().next().value;
    if (oldest !== undefined && now - oldest.frame.sentAt > this.#options.frameMsMax) {
      this.#onBroken(deadlinePassed(`a frame of ${this.#options.method.method}`));
    }
  };
}
