import type { MeshError } from '../../kernel/mesh-error.ts';
import type { CallStream, StreamConsumer } from '../http2/call-stream.ts';
import { encodeHeaders } from '../http2/hpack/encode-headers.ts';
import type { FrameCarrier, FrameFlow } from './frame-flow.ts';
import { MessageReader } from './message-reader.ts';
import type { RawCall } from './server-call.ts';
import { toMeshError, type WireStatus } from './status.ts';
import { plainStatus, statusBlock, statusTrailers } from './status-block.ts';
import { callIsLate, neverMs, type OutcomeCallback, StreamCall } from './stream-call.ts';
import {
  deserializeRequest,
  type MessageLimits,
  messageRefused,
  requestCutOff,
  sendMessage,
  serializeAnswer,
} from './wire-message.ts';

/** A bidi method with a handler of frames that is served on streams of HTTP/2. */
export interface FrameMethod extends MessageLimits {
  /** Begins a call; undefined where it was refused, and `callback` called. */
  readonly begin: (
    raw: RawCall,
    carrier: FrameCarrier,
    callback: OutcomeCallback,
  ) => FrameFlow | undefined;
}

// Those of grpc-js.
const responseHeaders = encodeHeaders([
  [':status', '200'],
  ['content-type', 'application/grpc+proto'],
  ['grpc-accept-encoding', 'identity,deflate,gzip'],
  ['grpc-encoding', 'identity'],
]);
const ok = { code: 0, details: 'OK' };
const okTrailers = statusTrailers(ok);
const okBlock = statusBlock(ok);
/** Where as many replies wait for the peer to read, or so many bytes, no more frames are read. */
const waitingMax = { replies: 16, bytes: 256 * 1024 };

/**
 * One stream of frames on one stream of HTTP/2, without the streams, interceptors and events that grpc-js has for each message. A peer may send again what it sent of frames that
 * were given to the handler, and of one that is not whole: what waits for the handler, or for the peer to read replies, is within its window. What goes over the wire is the same.
 */
export class FrameCall extends StreamCall implements StreamConsumer, FrameCarrier {
  readonly #method: FrameMethod;
  readonly #reader: MessageReader;
  readonly #flow: FrameFlow | undefined;
  /** Replies that have not left. */
  #waitingReplies = 0;
  #isFull = false;
  #isHalfClosed = false;
  #hasHeaders = false;
  #hasEnded = false;
  /** What the caller is told in place of what the flow ends with. */
  #plainStatus: Partial<WireStatus> | undefined;

  constructor(stream: CallStream, method: FrameMethod) {
    super(stream);
    this.#method = method;
    this.#reader = new MessageReader(method.messageBytesMax, (message) => this.#onMessage(message));
    stream.consumer = this;
    if (this.timeoutMs !== neverMs) {
      this.startTimer(this.timeoutMs, () => this.#fail(callIsLate()));
    }
    this.#flow = method.begin(this, this, (status) => this.#end(status));
  }

  get isOver(): boolean {
    return this.#hasEnded || this.cancelled;
  }

  pause(): void {
    this.#reader.pause();
  }

  resume(): void {
    if (this.isOver) return;
    const heldBytes = this.#reader.heldBytes;
    const fault = this.#reader.resume();
    this.#credit(heldBytes);
    if (fault !== undefined) this.#fail(messageRefused(fault, this.#method));
    else if (this.#isHalfClosed) this.#endWhenRead();
  }

  write(reply: object): boolean {
    let message: Buffer;
    try {
      message = serializeAnswer(this.#method, reply);
    } catch (error) {
      this.#fail(toMeshError(error));
      return true;
    }
    if (!this.#hasHeaders) {
      this.#hasHeaders = true;
      this.stream.respond(responseHeaders, false);
    }
    this.#waitingReplies += 1;
    sendMessage(this.stream, message, this.#onSent);
    const { replies, bytes } = waitingMax;
    if (this.#waitingReplies >= replies || this.stream.waitingBytes >= bytes) this.#isFull = true;
    return !this.#isFull;
  }

  onData(piece: Buffer): void {
    // What is still to come is not waited for.
    if (this.isOver) return;
    const heldBytes = this.#reader.heldBytes;
    const fault = this.#reader.push(piece);
    this.#credit(heldBytes + piece.length);
    if (fault !== undefined) this.#fail(messageRefused(fault, this.#method));
  }

  onEnd(): void {
    this.#isHalfClosed = true;
    this.#endWhenRead();
  }

  onClose(): void {
    this.#hasEnded = true;
    this.#reader.stop();
    this.stopTimer();
    this.cancel();
    this.#flow?.settle(undefined);
  }

  readonly #onSent = (): void => {
    this.#waitingReplies -= 1;
    if (!this.#isFull || this.#waitingReplies > 0) return;
    this.#isFull = false;
    this.#flow?.onDrained();
  };

  /** Lets the peer send again what was read of so many bytes. */
  #credit(bytes: number): void {
    const readBytes = bytes - this.#reader.heldBytes;
    if (readBytes > 0) this.stream.credit(readBytes);
  }

  #onMessage(message: Buffer): void {
    let frame: object;
    try {
      frame = deserializeRequest(this.#method, message);
    } catch (error) {
      this.#fail(toMeshError(error));
      return;
    }
    this.#flow?.onFrame(frame);
  }

  #endWhenRead(): void {
    if (this.isOver || this.#reader.heldBytes > 0) return;
    if (this.#reader.isAmid) this.#fail(requestCutOff());
    else this.#flow?.onEnd();
  }

  /** Ends the call at once for what is no error of the handler; that is told that nobody waits any more. */
  #fail(error: MeshError): void {
    if (this.isOver) return;
    this.#plainStatus = plainStatus(error);
    this.cancel();
    this.#flow?.settle(error);
  }

  #end(status: Partial<WireStatus> | null): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#reader.stop();
    this.stopTimer();
    const told = this.#plainStatus ?? status;
    if (this.#hasHeaders) this.stream.end(told === null ? okTrailers : statusTrailers(told));
    else this.stream.respond(told === null ? okBlock : statusBlock(told), true);
  }
}
