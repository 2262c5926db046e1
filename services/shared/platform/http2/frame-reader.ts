import { ConnectionFault, errorCodes } from './errors.ts';
import { clientPreface, frameFlags, frameHeadBytes, frameTypes } from './frames.ts';

/** What stands before the payload of a frame. */
interface FrameHead {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
}

/** A frame that is whole: its payload is `bytes[start]` up to but without `bytes[end]`, and counts while it is looked at. */
export interface Frame extends FrameHead {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/** A piece of the payload of a frame with data. */
export interface DataPiece {
  readonly streamId: number;
  /** A view of what came; empty where only padding did. */
  readonly bytes: Buffer;
  /** What it counts for in the windows: padding too. */
  readonly flowBytes: number;
  /** Whether nothing more comes of the stream. */
  readonly isEnd: boolean;
}

/** Learns of the frames that came. */
export interface FrameListener {
  /** A frame that is no data. */
  onFrame(frame: Frame): void;
  onData(piece: DataPiece): void;
}

const none = Buffer.alloc(0);

/**
 * Cuts what comes over a connection into frames. Data is given on as it comes, and is not copied; of other frames, one is kept until it is whole.
 * @source RFC 9113, 4.1
 */
export class FrameReader {
  readonly #listener: FrameListener;
  readonly #dataBytesMax: number;
  readonly #otherBytesMax: number;
  readonly #preface: Uint8Array;
  #prefaceBytes = 0;
  readonly #head = Buffer.alloc(frameHeadBytes);
  #headBytes = 0;
  /** The frame that is not whole. */
  #open: FrameHead | undefined;
  #kept = none;
  #keptBytes = 0;
  /** Of the frame with data that is not whole. */
  #dataLeft = 0;
  #paddingLeft = 0;
  #isPaddingKnown = true;

  constructor(
    listener: FrameListener,
    limits: {
      /** Largest payload of data. */
      readonly dataBytes: number;
      /** Largest payload of everything else. */
      readonly otherBytes: number;
      /** What comes before the first frame. Default what a client sends. */
      readonly preface?: Uint8Array;
    },
  ) {
    this.#listener = listener;
    this.#dataBytesMax = limits.dataBytes;
    this.#otherBytesMax = limits.otherBytes;
    this.#preface = limits.preface ?? clientPreface;
  }

  /**
   * Takes what came next.
   * @throws {ConnectionFault} where it is no HTTP/2
   */
  push(chunk: Buffer): void {
    let at = this.#prefaceBytes < this.#preface.length ? this.#takePreface(chunk) : 0;
    while (at < chunk.length) {
      if (this.#open !== undefined) at = this.#goOn(this.#open, chunk, at);
      else if (this.#headBytes > 0 || chunk.length - at < frameHeadBytes) {
        at = this.#takeHead(chunk, at);
      } else at = this.#begin(chunk, at, at + frameHeadBytes, chunk);
    }
  }

  #takePreface(chunk: Buffer): number {
    let at = 0;
    for (; at < chunk.length && this.#prefaceBytes < this.#preface.length; at += 1) {
      if (chunk[at] !== this.#preface[this.#prefaceBytes]) {
        throw new ConnectionFault(
          errorCodes.protocolError,
          'wanted HTTP/2 with its preface; this port speaks gRPC alone',
        );
      }
      this.#prefaceBytes += 1;
    }
    return at;
  }

  #takeHead(chunk: Buffer, from: number): number {
    const copied = chunk.copy(this.#head, this.#headBytes, from);
    this.#headBytes += copied;
    if (this.#headBytes < frameHeadBytes) return from + copied;
    this.#headBytes = 0;
    return this.#begin(this.#head, 0, from + copied, chunk);
  }

  /** Reads the head at `headAt` of `source`; the payload begins at `from` of `chunk`. Gives where the next frame begins. */
  #begin(source: Buffer, headAt: number, from: number, chunk: Buffer): number {
    const length = source.readUIntBE(headAt, 3);
    const head: FrameHead = {
      type: source[headAt + 3] ?? 0,
      flags: source[headAt + 4] ?? 0,
      streamId: source.readUInt32BE(headAt + 5) & 0x7fffffff,
    };
    if (head.type === frameTypes.data) return this.#beginData(head, length, chunk, from);
    if (length > this.#otherBytesMax) throw tooLarge(length, this.#otherBytesMax);
    if (chunk.length - from >= length) {
      const { type, flags, streamId } = head;
      this.#listener.onFrame({
        type,
        flags,
        streamId,
        bytes: chunk,
        start: from,
        end: from + length,
      });
      return from + length;
    }
    this.#open = head;
    this.#kept = Buffer.allocUnsafeSlow(length);
    this.#keptBytes = chunk.copy(this.#kept, 0, from);
    return chunk.length;
  }

  #beginData(head: FrameHead, length: number, chunk: Buffer, from: number): number {
    if (length > this.#dataBytesMax) throw tooLarge(length, this.#dataBytesMax);
    const isPadded = (head.flags & frameFlags.padded) !== 0;
    if (!isPadded && chunk.length - from >= length) {
      this.#listener.onData({
        streamId: head.streamId,
        bytes: chunk.subarray(from, from + length),
        flowBytes: length,
        isEnd: (head.flags & frameFlags.endStream) !== 0,
      });
      return from + length;
    }
    if (isPadded && length === 0) throw padding();
    this.#open = head;
    this.#dataLeft = length;
    this.#paddingLeft = 0;
    this.#isPaddingKnown = !isPadded;
    return from;
  }

  #goOn(head: FrameHead, chunk: Buffer, from: number): number {
    if (head.type === frameTypes.data) return this.#goOnWithData(head, chunk, from);
    const copied = chunk.copy(this.#kept, this.#keptBytes, from);
    this.#keptBytes += copied;
    if (this.#keptBytes === this.#kept.length) {
      const whole = this.#kept;
      this.#open = undefined;
      this.#kept = none;
      const { type, flags, streamId } = head;
      this.#listener.onFrame({ type, flags, streamId, bytes: whole, start: 0, end: whole.length });
    }
    return from + copied;
  }

  #goOnWithData(head: FrameHead, chunk: Buffer, from: number): number {
    let at = from;
    let flowBytes = 0;
    if (!this.#isPaddingKnown) {
      this.#isPaddingKnown = true;
      this.#paddingLeft = chunk[at] ?? 0;
      this.#dataLeft -= 1 + this.#paddingLeft;
      if (this.#dataLeft < 0) throw padding();
      at += 1;
      flowBytes += 1;
    }
    const dataBytes = Math.min(this.#dataLeft, chunk.length - at);
    const bytes = chunk.subarray(at, at + dataBytes);
    at += dataBytes;
    this.#dataLeft -= dataBytes;
    const paddingBytes = Math.min(this.#paddingLeft, chunk.length - at);
    at += paddingBytes;
    this.#paddingLeft -= paddingBytes;
    flowBytes += dataBytes + paddingBytes;
    const isWhole = this.#dataLeft + this.#paddingLeft === 0;
    if (isWhole) this.#open = undefined;
    const isEnd = isWhole && (head.flags & frameFlags.endStream) !== 0;
    this.#listener.onData({ streamId: head.streamId, bytes, flowBytes, isEnd });
    return at;
  }
}

function tooLarge(length: number, most: number): ConnectionFault {
  return new ConnectionFault(
    errorCodes.frameSizeError,
    `a frame of ${length} bytes, ${most} at most`,
  );
}

function padding(): ConnectionFault {
  return new ConnectionFault(errorCodes.protocolError, 'more padding than the frame has bytes');
}
