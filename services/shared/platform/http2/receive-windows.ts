import { settingIds } from './frames.ts';
import { type ReceiveLimits, receiveWindowBytes, stockWindowBytes } from './receive-limits.ts';

/** The window of a connection limits nothing: it is given back as data arrives, and a small one only makes the peer wait. */
const connectionWindowBytes = 16 * 1024 * 1024;

/** A peer that takes no smaller window within this time is cut off. 20 s: as long as gRPC waits for the answer to a keepalive. */
const acknowledgeMsMax = 20_000;

/** What a window of a stream is counted by. */
export interface CreditedStream {
  readonly id: number;
  /** Bytes of data that the peer may send. */
  receiveWindowBytes: number;
  /** Bytes that were credited, and the peer was not told. */
  creditBytes: number;
}

/** What windows need of their connection. */
export interface WindowHost {
  settings(values: readonly (readonly [number, number])[]): void;
  windowUpdate(streamId: number, bytes: number): void;
  /** The window of each stream changed by so many bytes. */
  onStreamWindows(deltaBytes: number): void;
  /** The peer does not say that it took a window. */
  onSilence(): void;
}

/**
 * How much a peer may send: keeps the window of each stream as wide as their number allows, and that of the connection wide.
 * @source RFC 9113, 6.5.3 and 6.9
 */
export class ReceiveWindows {
  readonly #host: WindowHost;
  readonly #limits: ReceiveLimits;
  readonly #connectionMax: number;
  /** What the peer may still send on all streams. */
  #connectionBytes = stockWindowBytes;
  /** What the peer was told last. */
  #toldBytes = stockWindowBytes;
  /** What a stream that opens now has at most: a smaller window counts once the peer says so. */
  #streamBytes = stockWindowBytes;
  #timer: NodeJS.Timeout | undefined;

  constructor(limits: ReceiveLimits, host: WindowHost) {
    this.#limits = limits;
    this.#host = host;
    this.#connectionMax = Math.max(connectionWindowBytes, limits.streamBytesMax);
  }

  /** Window of a stream that opens. */
  get streamBytes(): number {
    return this.#streamBytes;
  }

  /** Tells the peer the first windows, and what else is set for good. */
  open(others: readonly (readonly [number, number])[]): void {
    this.#tell(receiveWindowBytes(0, this.#toldBytes, this.#limits), [
      [settingIds.maxFrameSize, this.#limits.frameBytesMax],
      ...others,
    ]);
    this.#widen();
  }

  /** Looks at the windows again: as many streams are open now. One change at a time: what comes meanwhile is looked at when the peer has taken it. */
  adjust(openStreams: number): void {
    if (this.#timer !== undefined) return;
    const wanted = receiveWindowBytes(openStreams, this.#toldBytes, this.#limits);
    if (wanted !== this.#toldBytes) this.#tell(wanted, []);
  }

  /** The peer has taken what it was told last. */
  onAcknowledged(openStreams: number): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#change(this.#toldBytes);
    this.adjust(openStreams);
  }

  /** Counts data that came, on whichever stream; false when it is more than the window. */
  take(bytes: number): boolean {
    this.#connectionBytes -= bytes;
    if (this.#connectionBytes < 0) return false;
    if (this.#connectionBytes < this.#connectionMax / 2) this.#widen();
    return true;
  }

  /** Lets the peer send as many bytes again on a stream. */
  credit(stream: CreditedStream, bytes: number): void {
    stream.creditBytes += bytes;
    if (stream.creditBytes === 0) return;
    // A peer that waits for half of its window is never quite without one.
    if (stream.creditBytes * 2 < this.#streamBytes) return;
    this.#host.windowUpdate(stream.id, stream.creditBytes);
    stream.receiveWindowBytes += stream.creditBytes;
    stream.creditBytes = 0;
  }

  /** Waits for nothing more. */
  close(): void {
    clearTimeout(this.#timer);
  }

  #tell(bytes: number, others: readonly (readonly [number, number])[]): void {
    this.#host.settings([[settingIds.initialWindowSize, bytes], ...others]);
    this.#toldBytes = bytes;
    // The peer may use a larger one as soon as it reads of it.
    if (bytes > this.#streamBytes) this.#change(bytes);
    this.#timer = setTimeout(() => this.#host.onSilence(), acknowledgeMsMax).unref();
  }

  #change(bytes: number): void {
    const delta = bytes - this.#streamBytes;
    this.#streamBytes = bytes;
    if (delta !== 0) this.#host.onStreamWindows(delta);
  }

  #widen(): void {
    const bytes = this.#connectionMax - this.#connectionBytes;
    if (bytes <= 0) return;
    this.#connectionBytes += bytes;
    this.#host.windowUpdate(0, bytes);
  }
}
