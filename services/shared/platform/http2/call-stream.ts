import type { Socket } from 'node:net';
import { type ErrorCode, errorCodes, StreamFault } from './errors.ts';
import type { HeaderList } from './header-list.ts';

/** What takes the request of a stream. */
export interface StreamConsumer {
  /** The next piece of the body: a view of what came. Its bytes are given back to the peer with {@link CallStream.credit}. */
  onData(piece: Buffer): void;
  /** The request is whole. */
  onEnd(): void;
  /** The stream is over, once: its answer was sent, or it was reset, by which side whatever. */
  onClose(code: ErrorCode): void;
}

/** What a stream needs of its connection. */
export interface StreamHost {
  readonly socket: Socket;
  writeHeaders(stream: CallStream, block: Uint8Array, isEnd: boolean): void;
  /** Sends what the windows allow of what waits. */
  pump(stream: CallStream): void;
  writeReset(stream: CallStream, code: ErrorCode): void;
  credit(stream: CallStream, bytes: number): void;
  /** A stream is over; nothing more is sent on it. */
  forget(stream: CallStream): void;
}

/** Data that waits for a window. */
interface Waiting {
  readonly bytes: Uint8Array;
  readonly onSent: (() => void) | undefined;
}

const nobody: StreamConsumer = { onData() {}, onEnd() {}, onClose() {} };
const none: readonly Waiting[] = [];

/**
 * One call of a connection: a request, and what answers it.
 * @source RFC 9113, 5.1
 */
export class CallStream {
  readonly id: number;
  readonly headers: HeaderList;
  consumer: StreamConsumer = nobody;
  /** Bytes of data that the peer takes. */
  sendWindowBytes: number;
  /** Bytes of data that the peer may send. */
  receiveWindowBytes: number;
  /** Bytes that were credited, and the peer was not told. */
  creditBytes = 0;
  /** Bytes of data that came. */
  dataBytes = 0;
  isRemoteEnded = false;
  /** Bytes of data that have not left. */
  waitingBytes = 0;
  readonly #host: StreamHost;
  #waiting: readonly Waiting[] = none;
  /** Of the first that waits, what has left. */
  #sentBytes = 0;
  /** Trailers that follow when nothing waits; empty where there are none. */
  #trailers: Uint8Array | undefined;
  #isLocalEnded = false;
  #isClosed = false;

  constructor(
    host: StreamHost,
    id: number,
    headers: HeaderList,
    windows: { readonly sendBytes: number; readonly receiveBytes: number },
  ) {
    this.#host = host;
    this.id = id;
    this.headers = headers;
    this.sendWindowBytes = windows.sendBytes;
    this.receiveWindowBytes = windows.receiveBytes;
  }

  /** Socket of its connection. */
  get socket(): Socket {
    return this.#host.socket;
  }

  /** Its connection, for what is kept by connection. */
  get connection(): object {
    return this.#host;
  }

  /** Whether nothing more comes or goes. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether there is data, or an end, that has not left. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0 || this.#trailers !== undefined;
  }

  /** Sends the headers of the answer; with `isEnd` they are all of it. */
  respond(block: Uint8Array, isEnd: boolean): void {
    if (this.#isClosed || this.#isLocalEnded) return;
    this.#host.writeHeaders(this, block, isEnd);
    if (isEnd) this.endLocal();
  }

  /** Sends data, as soon as the windows allow it. The bytes may not change until they have left. */
  send(bytes: Uint8Array, onSent?: () => void): void {
    if (this.#isClosed || this.#isLocalEnded) return;
    this.#waiting =
      this.#waiting === none ? [{ bytes, onSent }] : [...this.#waiting, { bytes, onSent }];
    this.waitingBytes += bytes.length;
    this.#host.pump(this);
  }

  /** Ends the answer after what waits. @param trailers a header block; empty for none */
  end(trailers: Uint8Array): void {
    if (this.#isClosed || this.#isLocalEnded || this.#trailers !== undefined) return;
    this.#trailers = trailers;
    this.#host.pump(this);
  }

  /** Lets the peer send as many bytes again. */
  credit(bytes: number): void {
    if (!this.#isClosed && !this.isRemoteEnded) this.#host.credit(this, bytes);
  }

  /** Ends the stream at once; what waits is dropped. */
  reset(code: ErrorCode): void {
    if (this.#isClosed) return;
    this.#host.writeReset(this, code);
    this.close(code);
  }

  /** The next data that waits, at most so many bytes; undefined where none does. */
  next(bytesMax: number): Uint8Array | undefined {
    const [first] = this.#waiting;
    if (first === undefined) return undefined;
    return first.bytes.subarray(this.#sentBytes, this.#sentBytes + bytesMax);
  }

  /** Says that so many bytes of what `next` gave have left. */
  sent(bytes: number): void {
    this.sendWindowBytes -= bytes;
    this.#sentBytes += bytes;
    this.waitingBytes -= bytes;
    const [first] = this.#waiting;
    if (first === undefined || this.#sentBytes < first.bytes.length) return;
    this.#sentBytes = 0;
    this.#waiting = this.#waiting.length === 1 ? none : this.#waiting.slice(1);
    first.onSent?.();
  }

  /** The trailers, where they are next; undefined otherwise. */
  get nextTrailers(): Uint8Array | undefined {
    return this.#waiting.length === 0 ? this.#trailers : undefined;
  }

  /** The answer has left: what is still to come of the request is not waited for. */
  endLocal(): void {
    this.#isLocalEnded = true;
    this.#trailers = undefined;
    if (this.isRemoteEnded) this.close(errorCodes.noError);
    else this.reset(errorCodes.noError);
  }

  /**
   * The request is whole.
   * @throws {StreamFault} where it is not as long as it says
   */
  endRemote(): void {
    if (this.#isClosed) return;
    const said = this.headers.get('content-length');
    if (said !== undefined && Number(said) !== this.dataBytes) {
      const why = `content-length says ${said}, ${this.dataBytes} bytes came`;
      throw new StreamFault(errorCodes.protocolError, this.id, why);
    }
    this.isRemoteEnded = true;
    this.consumer.onEnd();
  }

  /** Is over, whatever was to come. */
  close(code: ErrorCode): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#waiting = none;
    this.waitingBytes = 0;
    this.#trailers = undefined;
    this.#host.forget(this);
    this.consumer.onClose(code);
  }
}
