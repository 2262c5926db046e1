import type { Socket } from 'node:net';
import type { CallStream } from './call-stream.ts';
import type { ErrorCode } from './errors.ts';
import { FrameWriter } from './frame-writer.ts';
import { frameFlags, frameTypes, stockFrameBytes, windowBytesMax } from './frames.ts';
import { tableOfNothing } from './hpack/encode-headers.ts';
import { stockWindowBytes } from './receive-limits.ts';

/** Bytes that may wait for a peer to read: more data is not taken from its streams. */
const waitingBytesMax = 1024 * 1024;
/** Where so many wait, nothing more is read of what the peer wants. */
const unreadBytesMax = 4 * 1024 * 1024;

/**
 * The half of a connection that sends: frames, the windows that the peer gives, and what waits for them.
 * @source RFC 9113, 5.2 and 6.9
 */
export class Outbound {
  /** Window of a stream that opens now. */
  streamWindowBytes = stockWindowBytes;
  /** Largest payload that the peer takes. */
  frameBytes = stockFrameBytes;
  readonly #socket: Socket;
  readonly #writer: FrameWriter;
  #windowBytes = stockWindowBytes;
  /** Streams that have what the window of the connection, or the socket, does not take. */
  readonly #blocked = new Set<CallStream>();
  #owesTable = false;
  #isOver = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#writer = new FrameWriter(socket, () => setImmediate(this.flush));
    socket.on('drain', () => this.#onDrain());
  }

  /** Says with the next headers that none of a table is used: a peer that takes a smaller one has to be told. */
  oweTable(): void {
    this.#owesTable = true;
  }

  /** Writes a header block, in as many frames as it takes. */
  headers(streamId: number, block: Uint8Array, isEnd: boolean): void {
    const whole = this.#owesTable ? Buffer.concat([tableOfNothing, block]) : block;
    this.#owesTable = false;
    const end = isEnd ? frameFlags.endStream : 0;
    if (whole.length <= this.frameBytes) {
      this.#frame(frameTypes.headers, frameFlags.endHeaders | end, streamId, whole);
      return;
    }
    this.#frame(frameTypes.headers, end, streamId, whole.subarray(0, this.frameBytes));
    for (let at = this.frameBytes; at < whole.length; at += this.frameBytes) {
      const part = whole.subarray(at, at + this.frameBytes);
      const isLast = at + this.frameBytes >= whole.length;
      const flags = isLast ? frameFlags.endHeaders : 0;
      this.#frame(frameTypes.continuation, flags, streamId, part);
    }
  }

  /** Writes the end of a stream at once. */
  reset(streamId: number, code: ErrorCode): void {
    this.#writer.head(4, frameTypes.rstStream, 0, streamId);
    this.#writer.uint32(code);
  }

  /** Writes settings, each with its number. */
  settings(values: readonly (readonly [number, number])[]): void {
    this.#writer.head(values.length * 6, frameTypes.settings, 0, 0);
    for (const [id, value] of values) {
      this.#writer.uint16(id);
      this.#writer.uint32(value);
    }
  }

  /** Says that the peer's settings count. */
  acknowledgeSettings(): void {
    this.#writer.head(0, frameTypes.settings, frameFlags.ack, 0);
  }

  /** Writes a ping, or the answer to one. */
  ping(payload: Uint8Array, isAnswer: boolean): void {
    this.#frame(frameTypes.ping, isAnswer ? frameFlags.ack : 0, 0, payload);
  }

  /** Lets the peer send more on a stream, or on the connection where it is 0. */
  windowUpdate(streamId: number, bytes: number): void {
    this.#writer.head(4, frameTypes.windowUpdate, 0, streamId);
    this.#writer.uint32(bytes);
  }

  /** Says that no stream after `lastId` is served, and why. */
  goAway(lastId: number, code: ErrorCode, why: string): void {
    const text = Buffer.from(why);
    this.#writer.head(8 + text.length, frameTypes.goaway, 0, 0);
    this.#writer.uint32(lastId);
    this.#writer.uint32(code);
    this.#writer.bytes(text);
  }

  /** Takes a larger window of the connection; false when it is too large. */
  widen(bytes: number): boolean {
    this.#windowBytes += bytes;
    if (this.#windowBytes > windowBytesMax) return false;
    this.#pumpAll();
    return true;
  }

  /** Sends what the windows and the socket allow of what waits in a stream. */
  pump(stream: CallStream): void {
    while (this.#step(stream));
  }

  /** Lets a stream go that is over. */
  forget(stream: CallStream): void {
    if (this.#blocked.size > 0) this.#blocked.delete(stream);
  }

  /** Gives all that was written to the socket. */
  readonly flush = (): void => {
    if (this.#isOver || this.#writer.waitingBytes === 0) return;
    this.#writer.flush();
    if (this.#socket.writableLength > unreadBytesMax) this.#socket.pause();
    else if (this.#blocked.size > 0) this.#pumpAll();
  };

  /** Nothing more is written. */
  close(): void {
    this.#isOver = true;
    this.#blocked.clear();
  }

  #onDrain(): void {
    if (this.#socket.isPaused()) this.#socket.resume();
    this.#pumpAll();
  }

  /** One frame of each in turn, so that none waits for all of another; as much as there is room for. */
  #pumpAll(): void {
    while (this.#blocked.size > 0 && this.#room() > 0) {
      const [stream] = this.#blocked;
      if (stream === undefined) return;
      this.#blocked.delete(stream);
      if (this.#step(stream) && stream.isWaiting) this.#blocked.add(stream);
    }
  }

  /** Sends one frame of a stream; false where nothing waits, or something else does not let it. */
  #step(stream: CallStream): boolean {
    if (stream.isClosed || !stream.isWaiting || this.#isOver) return false;
    const trailers = stream.nextTrailers;
    if (trailers !== undefined) {
      if (trailers.length > 0) this.headers(stream.id, trailers, true);
      else this.#writer.head(0, frameTypes.data, frameFlags.endStream, stream.id);
      stream.endLocal();
      return false;
    }
    const room = Math.min(this.#room(), this.frameBytes, stream.sendWindowBytes);
    const bytes = stream.next(Math.max(0, room));
    if (bytes === undefined) return false;
    if (bytes.length === 0 && room <= 0) {
      // Where its own window is the least, the peer widens that one.
      if (stream.sendWindowBytes > 0) this.#blocked.add(stream);
      return false;
    }
    this.#windowBytes -= bytes.length;
    this.#frame(frameTypes.data, 0, stream.id, bytes);
    stream.sent(bytes.length);
    return true;
  }

  /** Bytes that the connection and the socket take now. */
  #room(): number {
    const waiting = this.#socket.writableLength + this.#writer.waitingBytes;
    return waiting >= waitingBytesMax ? 0 : this.#windowBytes;
  }

  #frame(type: number, flags: number, streamId: number, payload: Uint8Array): void {
    this.#writer.head(payload.length, type, flags, streamId);
    this.#writer.bytes(payload);
  }
}
