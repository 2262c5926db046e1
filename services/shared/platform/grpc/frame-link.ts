import type { Clock, Random } from '../../kernel/clock.ts';
import { MeshError } from '../../kernel/mesh-error.ts';
import { type MonotonicMs, monotonicMs } from '../../kernel/units.ts';
import { BriefMap } from '../../policy/brief-map.ts';
import { BriefSet } from '../../policy/brief-set.ts';
import { FrameLedger, type SentFrame } from '../../policy/frame-ledger.ts';
import { NaturalBatcher, type NaturalBatcherOptions } from '../../policy/natural-batcher.ts';
import type { FrameCodec } from './frame-codec.ts';
import { LinkStream, type LinkStreamOptions } from './link-stream.ts';
import type { OtherLinks, PendingItem } from './pending-item.ts';
import { streamFramesMax } from './serve-frames.ts';
import { deadlinePassed } from './server-call.ts';
import { toMeshError } from './status.ts';

/** What a link is made of. */
export interface FrameLinkOptions<Item, Result> extends NaturalBatcherOptions, LinkStreamOptions {
  readonly address: string;
  readonly codec: FrameCodec<Item, object, object, Result>;
  readonly clock: Clock;
  readonly random: Random;
  /** A frame that takes longer breaks the stream: its answer is lost. */
  readonly frameMsMax: number;
  /** Called whenever the link begins or ends to take items. */
  readonly onStateChange: () => void;
  /** Left out where there is no other link. */
  readonly others?: OtherLinks<Item, Result>;
}

/** Figures of one link since it was made, and what it holds now. */
export interface FrameLinkStats {
  readonly queueRows: number;
  readonly framesInFlight: number;
  /** Frames whose answers have not all come, and for the rest of which nobody waits any more. */
  readonly framesOverdue: number;
  readonly framesSent: number;
  readonly itemsSent: number;
  /** Items whose answer came after their deadline. */
  readonly itemsLate: number;
  readonly breaks: number;
}

interface Batch<Item, Result> {
  readonly items: readonly PendingItem<Item, Result>[];
  readonly frame: SentFrame;
  readonly sentAt: MonotonicMs;
  /** All its items have expired. */
  isGivenUp: boolean;
}

const backoffMsMin = 20;
const backoffMsMax = 500;
const openMsStable = 1_000; // a stream that lasted this long was no failed try
const batchIdMax = 0xffff_ffff; // uint32 on the wire

/** The long-lived stream to one address: opens it, keeps it open, and carries items in frames while it is open. */
export class FrameLink<Item, Result> {
  readonly #options: FrameLinkOptions<Item, Result>;
  readonly #batcher: NaturalBatcher<PendingItem<Item, Result>>;
  readonly #ledger: FrameLedger;
  readonly #batches = new BriefMap<number, Batch<Item, Result>>();
  readonly #pending = new BriefSet<PendingItem<Item, Result>>();
  /** Connects, or is open. */
  #stream: LinkStream | undefined;
  #isStreamOpen = false;
  #openedAt = monotonicMs(0);
  #backoffMs = backoffMsMin;
  #reconnectTimer: NodeJS.Timeout | undefined;
  #expiryTimer: NodeJS.Timeout | undefined;
  #drainTimer: NodeJS.Timeout | undefined;
  #companyTimer: NodeJS.Timeout | undefined;
  #expiryAt = Number.POSITIVE_INFINITY;
  #nextBatchId = 1;
  #isFlushQueued = false;
  #isClosed = false;
  /** Of the last try. */
  #whyNotOpen: string | undefined;
  /** The peer takes no new calls: what it has read is answered, and then the stream ends. */
  #isDraining = false;
  /** Items that were sent and whose answer has not come, late ones too. */
  #itemsUnderWay = 0;
  #framesSent = 0;
  #itemsSent = 0;
  #itemsLate = 0;
  #breaks = 0;

  constructor(options: FrameLinkOptions<Item, Result>) {
    this.#options = options;
    this.#batcher = new NaturalBatcher(options);
    this.#ledger = new FrameLedger(Math.max(0, streamFramesMax - options.framesMax), () => {
      // A batcher that was reset knows of no frames.
      if (!this.#isDraining) this.#batcher.settle();
    });
    this.#connect();
  }

  /** Whether items are taken now. */
  get isOpen(): boolean {
    return this.#isStreamOpen && !this.#isDraining;
  }

  /** Why the last try to open a stream failed; undefined where it did not. */
  get whyNotOpen(): string | undefined {
    return this.#whyNotOpen;
  }

  /** What the peer has to do still: rows that wait and items under way, given up or not, so that a peer that hangs looks busy. */
  get load(): number {
    return this.#batcher.queueRows + this.#itemsUnderWay;
  }

  /** Takes an item; false when the queue is full. Only while the link is open. */
  offer(item: PendingItem<Item, Result>): boolean {
    if (!this.#batcher.offer(item)) return false;
    this.#pending.add(item);
    if (item.deadline < this.#expiryAt) this.#armExpiry(item.deadline);
    if (!this.#isFlushQueued) this.#flushInTime();
    return true;
  }

  #flushInTime(): void {
    const companyMs = this.#batcher.companyMs(this.#options.clock.monotonic());
    if (companyMs === undefined) return;
    if (companyMs === 0) {
      // All that arrives in one turn of the event loop shares a frame.
      this.#isFlushQueued = true;
      setImmediate(this.#flush);
    } else {
      this.#companyTimer ??= setTimeout(this.#endCompany, companyMs);
    }
  }

  readonly #endCompany = (): void => {
    this.#companyTimer = undefined;
    if (!this.#isFlushQueued) this.#flush();
  };

  stats(): FrameLinkStats {
    return {
      queueRows: this.#batcher.queueRows,
      framesInFlight: this.#batcher.frames,
      framesOverdue: this.#ledger.overdue,
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
  }

  #connect(): void {
    const stream = new LinkStream(this.#options, {
      onOpen: () => this.#onOpen(),
      onReply: (reply) => this.#onReply(reply),
      onDraining: () => this.#onDraining(stream),
      onOver: (error) => this.#onOver(error),
    });
    this.#stream = stream;
  }

  #connectLater(): void {
    const delayMs = this.#backoffMs * (0.5 + this.#options.random.next() / 2);
    this.#backoffMs = Math.min(backoffMsMax, this.#backoffMs * 2);
    this.#reconnectTimer = setTimeout(() => this.#connect(), delayMs);
  }

  #onOpen(): void {
    this.#isStreamOpen = true;
    this.#whyNotOpen = undefined;
    this.#isDraining = false;
    this.#openedAt = this.#options.clock.monotonic();
    this.#options.onStateChange();
  }

  #onOver(error: MeshError | undefined): void {
    if (this.#isStreamOpen) {
      this.#onBroken(error);
      return;
    }
    this.#stream = undefined;
    this.#whyNotOpen = error?.message;
    this.#connectLater();
  }

  /** The peer has said that it goes (GOAWAY). */
  #onDraining(stream: LinkStream): void {
    if (!this.#isStreamOpen || this.#isDraining) return;
    this.#isDraining = true;
    // A peer that drains ends the stream itself; one that forgets would keep this link out of use.
    this.#drainTimer = setTimeout(() => {
      if (this.#stream === stream) this.#onBroken(undefined);
    }, this.#options.frameMsMax);
    const waiting = this.#batcher.reset();
    this.#options.onStateChange();
    const error = this.#unavailable('DRAINING', 'is stopping');
    for (const item of waiting) this.#fail(item, error);
  }

  #onBroken(cause: MeshError | undefined): void {
    const { clock } = this.#options;
    if (clock.monotonic() - this.#openedAt > openMsStable) this.#backoffMs = backoffMsMin;
    this.#breaks += 1;
    const how = cause?.message ?? 'the peer ended it';
    this.#break(this.#unavailable('PEER_UNAVAILABLE', `broke (${how})`, cause));
    if (!this.#isClosed) this.#connectLater();
  }

  #unavailable(reason: 'PEER_UNAVAILABLE' | 'DRAINING', how: string, cause?: MeshError): MeshError {
    const { address, method } = this.#options;
    return new MeshError({
      code: 'UNAVAILABLE',
      reason,
      message: `${method.method}: the stream to ${address} ${how}; it opens again by itself`,
      retry: { kind: 'elsewhere' },
      cause,
    });
  }

  /** Everything that waits or is under way goes to another link or fails at once, so that its callers fall back. */
  #break(error: MeshError): void {
    const wasOpen = this.#isStreamOpen;
    this.#stream?.cancel();
    this.#stream = undefined;
    this.#isStreamOpen = false;
    this.#batcher.reset();
    this.#ledger.reset();
    this.#batches.clear();
    this.#itemsUnderWay = 0;
    clearTimeout(this.#expiryTimer);
    clearTimeout(this.#drainTimer);
    clearTimeout(this.#companyTimer);
    this.#companyTimer = undefined;
    this.#expiryAt = Number.POSITIVE_INFINITY;
    const items = this.#pending.clear();
    if (wasOpen) this.#options.onStateChange();
    for (const item of items) this.#fail(item, error);
  }

  readonly #flush = (): void => {
    this.#isFlushQueued = false;
    while (this.#stream !== undefined && this.isOpen) {
      const now = this.#options.clock.monotonic();
      if (!this.#batcher.isReady(now)) break;
      const { items, expired } = this.#batcher.take(now);
      for (const item of expired) this.#expire(item);
      if (items.length > 0) this.#send(this.#stream, items, now);
    }
    if (this.isOpen && !this.#isFlushQueued) this.#flushInTime();
  };

  #send(stream: LinkStream, items: readonly PendingItem<Item, Result>[], now: MonotonicMs): void {
    const firstBatchId = this.#nextBatchId;
    try {
      const { frame, batches } = this.#options.codec.encode(items, firstBatchId, now);
      stream.write(frame);
      const sent = this.#ledger.sent(batches.length);
      batches.forEach((batch, index) => {
        // The codec gives back the very items it was given.
        const pending = batch as readonly PendingItem<Item, Result>[];
        const known = { items: pending, frame: sent, sentAt: now, isGivenUp: false };
        this.#batches.set(firstBatchId + index, known);
      });
      this.#nextBatchId += batches.length;
      if (this.#nextBatchId > batchIdMax - this.#options.frameRowsMax) this.#nextBatchId = 1;
      const limitAt = now + this.#options.frameMsMax;
      if (limitAt < this.#expiryAt) this.#armExpiry(monotonicMs(limitAt));
      this.#framesSent += 1;
      this.#itemsSent += items.length;
      this.#itemsUnderWay += items.length;
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
        this.#ledger.answered(batch.frame, batch.isGivenUp);
        this.#settleBatch(batch, outcome);
      }
    } catch (thrown) {
      // A reply that cannot be read leaves it open which batches are still to come.
      this.#onBroken(toMeshError(thrown));
    }
    this.#flush();
  }

  #settleBatch(
    { items, sentAt }: Batch<Item, Result>,
    {
      error,
      resultOf,
    }: { readonly error?: MeshError | undefined; readonly resultOf: (index: number) => Result },
  ): void {
    const { others, clock } = this.#options;
    this.#itemsUnderWay -= items.length;
    if (others !== undefined) others.onAnswer(clock.monotonic() - sentAt, error);
    for (const [index, item] of items.entries()) {
      if (item.isSettled) this.#itemsLate += 1;
      else if (error !== undefined) this.#fail(item, error);
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

  /** Fails an item, unless another link takes it. */
  #fail(item: PendingItem<Item, Result>, error: MeshError): void {
    if (item.isSettled) return;
    this.#pending.delete(item);
    if (this.#options.others?.takeOver(item, error) !== true) this.#settle(item, error, undefined);
  }

  #expire(item: PendingItem<Item, Result>): void {
    if (item.isSettled) return;
    this.#options.others?.onExpired();
    this.#settle(item, deadlinePassed(this.#options.method.method), undefined);
  }

  #armExpiry(at: MonotonicMs): void {
    clearTimeout(this.#expiryTimer);
    this.#expiryAt = at;
    const delayMs = Math.max(1, Math.ceil(at - this.#options.clock.monotonic()));
    this.#expiryTimer = setTimeout(this.#sweep, delayMs);
  }

  /** Fails what has expired, wherever it is; a frame of which nothing else is left makes room for the next. */
  readonly #sweep = (): void => {
    const now = this.#options.clock.monotonic();
    this.#expiryAt = Number.POSITIVE_INFINITY;
    let earliest = Number.POSITIVE_INFINITY;
    let expired = 0;
    for (const item of this.#pending) {
      if (item.deadline <= now) {
        this.#expire(item);
        expired += 1;
      } else if (item.deadline < earliest) earliest = item.deadline;
    }
    // What can't be sent any more takes no room from what can.
    if (expired > 0 && this.#batcher.queueRows > 0) this.#batcher.dropExpired(now);
    earliest = Math.min(earliest, this.#frameLimitAt());
    if (earliest <= now)
      this.#onBroken(deadlinePassed(`a frame of ${this.#options.method.method}`));
    else if (earliest < this.#expiryAt) this.#armExpiry(monotonicMs(earliest));
    this.#giveUpBatches();
    this.#flush();
  };

  /** When the oldest frame has taken too long; Infinity where none is under way. */
  #frameLimitAt(): number {
    const oldest = this.#batches.values().next().value;
    return oldest === undefined
      ? Number.POSITIVE_INFINITY
      : oldest.sentAt + this.#options.frameMsMax;
  }

  #giveUpBatches(): void {
    for (const batch of this.#batches.values()) {
      if (batch.isGivenUp || !batch.items.every(({ isSettled }) => isSettled)) continue;
      batch.isGivenUp = true;
      this.#ledger.givenUp(batch.frame);
    }
  }
}
