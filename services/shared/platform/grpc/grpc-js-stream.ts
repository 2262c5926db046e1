import type { ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { CallStream, StreamConsumer } from '../http2/call-stream.ts';
import { type ErrorCode, errorCodes } from '../http2/errors.ts';
import { encodeHeaders } from '../http2/hpack/encode-headers.ts';
import { type HeaderObject, headerEntries } from './header-entries.ts';
import type { OnHttp2Stream } from './ports-below.ts';

const noTrailers = Buffer.alloc(0);

/** Gives a call to grpc-js, which takes it for a stream of Node's HTTP/2. */
export function serveByGrpcJs(stream: CallStream, onStream: OnHttp2Stream): void {
  onStream(new GrpcJsStream(stream) as unknown as ServerHttp2Stream, stream.headers.toObject(), 0);
}

/** What grpc-js uses of Node's ServerHttp2Stream. */
class GrpcJsStream extends Duplex implements StreamConsumer {
  rstCode: number = errorCodes.noError;
  override closed = false;
  readonly #stream: CallStream;
  #trailers: Uint8Array = noTrailers;
  #wantsTrailers = false;
  #unreadBytes = 0;
  #onWritten: ((error?: Error) => void) | undefined;
  #onFinished: (() => void) | undefined;

  constructor(stream: CallStream) {
    super({ allowHalfOpen: true });
    this.#stream = stream;
    stream.consumer = this;
  }

  /** Undefined once there is no certificate to be had any more. */
  get session(): { readonly socket: Socket } | undefined {
    const { socket } = this.#stream;
    return socket.destroyed ? undefined : { socket };
  }

  /** Sends the headers of the answer, or all of it. */
  respond(
    headers: HeaderObject,
    {
      endStream = false,
      waitForTrailers = false,
    }: { endStream?: boolean; waitForTrailers?: boolean } = {},
  ): void {
    this.#wantsTrailers = waitForTrailers;
    this.#stream.respond(encodeHeaders(headerEntries({ ':status': 200, ...headers })), endStream);
  }

  /** Sends what follows the last message; called from within 'wantTrailers'. */
  sendTrailers(headers: HeaderObject): void {
    this.#trailers = encodeHeaders(headerEntries(headers));
  }

  /** Ends both halves at once. */
  close(code: number = errorCodes.noError): void {
    this.#stream.reset(code as ErrorCode);
  }

  onData(piece: Buffer): void {
    this.#unreadBytes += piece.length;
    this.push(piece);
  }

  onEnd(): void {
    this.push(null);
  }

  onClose(code: ErrorCode): void {
    this.rstCode = code;
    this.closed = true;
    const [onFinished, onWritten] = [this.#onFinished, this.#onWritten];
    this.#onFinished = undefined;
    this.#onWritten = undefined;
    onFinished?.();
    onWritten?.(new Error('the call ended before this message was sent'));
    this.destroy();
  }

  override _read(): void {
    const bytes = this.#unreadBytes;
    this.#unreadBytes = 0;
    if (bytes > 0) this.#stream.credit(bytes);
  }

  override _write(chunk: Buffer, _encoding: string, callback: (error?: Error) => void): void {
    if (this.#stream.isClosed) {
      callback(new Error('the call has ended'));
      return;
    }
    this.#onWritten = callback;
    this.#stream.send(chunk, this.#onSent);
  }

  readonly #onSent = (): void => {
    const onWritten = this.#onWritten;
    this.#onWritten = undefined;
    onWritten?.();
  };

  /** It is over when the trailers have left: who is done before that resets the call. */
  override _final(callback: () => void): void {
    if (this.#stream.isClosed) {
      callback();
      return;
    }
    if (this.#wantsTrailers) this.emit('wantTrailers');
    this.#onFinished = callback;
    this.#stream.end(this.#trailers);
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.closed = true;
    this.#stream.reset(errorCodes.cancel);
    callback(error);
  }
}
