import type { Socket } from 'node:net';
import { messageOf } from '../../kernel/mesh-error.ts';
import { BriefMap } from '../../policy/brief-map.ts';
import { CallStream, type StreamConsumer, type StreamHost } from './call-stream.ts';
import { ConnectionFault, type ErrorCode, errorCodes, StreamFault } from './errors.ts';
import { checkLength, checkStream, refuseFrame, unexpected } from './frame-checks.ts';
import { type DataPiece, type Frame, type FrameListener, FrameReader } from './frame-reader.ts';
import { clientPreface, frameFlags, frameTypes, settingIds } from './frames.ts';
import { type HeaderBlock, HeaderBlocks, headerLimits } from './header-blocks.ts';
import { HeaderList } from './header-list.ts';
import { Keepalive, type KeepaliveTimes } from './keepalive.ts';
import { Outbound } from './outbound.ts';
import { readSettings } from './peer-settings.ts';
import type { ReceiveLimits } from './receive-limits.ts';
import { ReceiveWindows } from './receive-windows.ts';
import { SendWindows } from './send-windows.ts';

/** Takes what comes of a call. */
export interface CallConsumer extends StreamConsumer {
  /** The peer speaks HTTP/2. */
  onReady(): void;
  /** Headers of the answer, and those that end it: with `isEnd`, `onEnd` follows. */
  onHeaders(headers: HeaderList, isEnd: boolean): void;
  /** The peer takes no new calls; this one goes on. */
  onGoAway(): void;
}

/** What a connection is for. */
export interface CallConnectionOptions {
  /** Header block of the request. */
  readonly request: Uint8Array;
  readonly receive: ReceiveLimits;
  readonly keepalive: KeepaliveTimes;
  readonly consumer: CallConsumer;
}

/** The first, and only, stream of a client. */
const callId = 1;
const otherBytesMax = 65_535;
/** Time for the last bytes to leave. */
const lingerMsMax = 1_000;

/**
 * A client's connection for one call that lasts, such as a stream of frames between two services: it ends with its call. The call is a
 * {@link CallStream}, as it is for a server.
 * @source RFC 9113
 */
export class CallConnection implements StreamHost, FrameListener {
  readonly socket: Socket;
  /** The call; what it carries is sent at once. */
  readonly call: CallStream;
  readonly #consumer: CallConsumer;
  readonly #outbound: Outbound;
  readonly #windows: ReceiveWindows;
  readonly #sendWindows: SendWindows;
  readonly #reader: FrameReader;
  readonly #blocks = new HeaderBlocks();
  readonly #keepalive: Keepalive;
  readonly #handlers: Readonly<Record<number, (frame: Frame) => void>> = {
    [frameTypes.headers]: (frame) => this.#onBlock(this.#blocks.begin(frame)),
    [frameTypes.continuation]: (frame) => this.#onBlock(this.#blocks.goOn(frame)),
    [frameTypes.rstStream]: (frame) => this.#onReset(frame),
    [frameTypes.settings]: (frame) => this.#onSettings(frame),
    [frameTypes.ping]: (frame) => this.#onPing(frame),
    [frameTypes.windowUpdate]: (frame) => this.#onWindowUpdate(frame),
    [frameTypes.goaway]: (frame) => this.#onGoAway(frame),
    [frameTypes.pushPromise]: refuseFrame,
  };
  #hasSettings = false;
  #isOver = false;
  #why: string | undefined;

  /** @param socket one that is connected, its handshake over where it has one */
  constructor(socket: Socket, { request, receive, keepalive, consumer }: CallConnectionOptions) {
    this.socket = socket;
    this.#consumer = consumer;
    this.#outbound = new Outbound(socket);
    this.#windows = new ReceiveWindows(receive, {
      settings: (values) => this.#outbound.settings(values),
      windowUpdate: (streamId, bytes) => this.#outbound.windowUpdate(streamId, bytes),
      onStreamWindows: (delta) => this.#changeWindow(delta),
      onSilence: () => this.#fail(errorCodes.settingsTimeout, 'settings were not acknowledged'),
    });
    this.call = new CallStream(this, callId, new HeaderList(), {
      sendBytes: this.#outbound.streamWindowBytes,
      receiveBytes: this.#windows.streamBytes,
    });
    this.call.consumer = consumer;
    const calls = new BriefMap<number, CallStream>();
    calls.set(callId, this.call);
    this.#sendWindows = new SendWindows(this.#outbound, calls);
    this.#reader = new FrameReader(this, {
      dataBytes: receive.frameBytesMax,
      otherBytes: Math.min(receive.frameBytesMax, otherBytesMax),
      preface: new Uint8Array(),
    });
    this.#keepalive = new Keepalive(
      keepalive,
      (payload) => this.#outbound.ping(payload, false),
      () => this.#fail(errorCodes.cancel, 'it did not answer a ping'),
    );
    this.#begin(request);
  }

  /** Why it ended, where that was no answer of the peer. */
  get why(): string | undefined {
    return this.#why;
  }

  /** Cancels the call and ends. */
  cancel(): void {
    this.call.reset(errorCodes.cancel);
  }

  onFrame(frame: Frame): void {
    if (this.#isOver) return;
    const { type } = frame;
    if (this.#blocks.isOpen && type !== frameTypes.continuation) throw unexpected(type);
    if (!this.#hasSettings && type !== frameTypes.settings) throw unexpected(type);
    checkStream(frame);
    this.#handlers[type]?.(frame); // other types mean nothing here
  }

  onData({ streamId, bytes, flowBytes, isEnd }: DataPiece): void {
    if (this.#isOver) return;
    const isAllowed = this.#hasSettings && !this.#blocks.isOpen && streamId === callId;
    if (!isAllowed) throw unexpected(frameTypes.data);
    const { call } = this;
    if (!this.#windows.take(flowBytes) || flowBytes > call.receiveWindowBytes) {
      throw new ConnectionFault(errorCodes.flowControlError, 'more data than the window');
    }
    call.receiveWindowBytes -= flowBytes;
    if (flowBytes > bytes.length) call.credit(flowBytes - bytes.length);
    if (bytes.length > 0) this.#consumer.onData(bytes);
    if (isEnd) this.#onEnd();
  }

  writeHeaders(call: CallStream, block: Uint8Array, isEnd: boolean): void {
    this.#outbound.headers(call.id, block, isEnd);
  }

  pump(call: CallStream): void {
    this.#outbound.pump(call);
  }

  writeReset({ id }: CallStream, code: ErrorCode): void {
    this.#outbound.reset(id, code);
  }

  credit(call: CallStream, bytes: number): void {
    this.#windows.credit(call, bytes);
  }

  forget(): void {
    this.#end();
  }

  #begin(request: Uint8Array): void {
    const { socket } = this;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#onChunk(chunk));
    socket.on('error', (error) => this.#lose(messageOf(error)));
    socket.on('end', () => this.#lose('the peer closed the connection'));
    socket.on('close', () => this.#lose('the connection was closed'));
    socket.write(clientPreface);
    this.#windows.open([
      [settingIds.enablePush, 0],
      [settingIds.maxHeaderListSize, headerLimits.bytes],
    ]);
    this.#outbound.headers(callId, request, false);
    this.#outbound.flush();
  }

  #onChunk(chunk: Buffer): void {
    if (this.#isOver) return;
    try {
      this.#reader.push(chunk);
    } catch (error) {
      if (!(error instanceof ConnectionFault || error instanceof StreamFault)) throw error;
      this.#fail(error.code, error.message);
    }
  }

  #onBlock(block: HeaderBlock | undefined): void {
    if (block === undefined) return;
    const { streamId, headers, isEnd } = block;
    if (streamId !== callId || headers?.isWholeAnswer() !== true) {
      throw new ConnectionFault(errorCodes.protocolError, 'no answer that HTTP/2 allows');
    }
    this.#consumer.onHeaders(headers, isEnd);
    if (isEnd) this.#onEnd();
  }

  /** The answer is whole: nothing that is left of the request counts. */
  #onEnd(): void {
    if (this.#isOver) return;
    this.call.isRemoteEnded = true;
    this.#consumer.onEnd();
    this.call.reset(errorCodes.noError);
  }

  #onReset(frame: Frame): void {
    checkLength(frame, 4);
    this.call.close(frame.bytes.readUInt32BE(frame.start) as ErrorCode);
  }

  #onSettings(frame: Frame): void {
    if ((frame.flags & frameFlags.ack) !== 0) {
      checkLength(frame, 0);
      this.#windows.onAcknowledged(1);
      return;
    }
    const settings = readSettings(frame);
    if (settings.isTableSmaller) this.#outbound.oweTable();
    if (settings.frameBytes !== undefined) this.#outbound.frameBytes = settings.frameBytes;
    this.#outbound.acknowledgeSettings();
    if (settings.windowBytes !== undefined) this.#sendWindows.setAll(settings.windowBytes);
    if (this.#hasSettings) return;
    this.#hasSettings = true;
    this.#consumer.onReady();
  }

  #changeWindow(delta: number): void {
    this.call.receiveWindowBytes += delta;
    this.credit(this.call, 0);
  }

  #onPing(frame: Frame): void {
    checkLength(frame, 8);
    const payload = frame.bytes.subarray(frame.start, frame.end);
    if ((frame.flags & frameFlags.ack) === 0) this.#outbound.ping(payload, true);
    else this.#keepalive.onAnswer(payload);
  }

  #onWindowUpdate(frame: Frame): void {
    checkLength(frame, 4);
    const { streamId, bytes, start } = frame;
    this.#sendWindows.widen(streamId, bytes.readUInt32BE(start) & 0x7fffffff);
  }

  #onGoAway(frame: Frame): void {
    checkLength(frame, 8, otherBytesMax);
    const lastId = frame.bytes.readUInt32BE(frame.start) & 0x7fffffff;
    if (lastId >= callId) this.#consumer.onGoAway();
    else this.#lose('the peer takes no calls');
  }

  #fail(code: ErrorCode, why: string): void {
    if (this.#isOver) return;
    this.#why ??= why;
    this.#outbound.goAway(0, code, why);
    this.call.close(code);
  }

  #lose(why: string): void {
    if (this.#isOver) return;
    this.#why ??= why;
    this.call.close(errorCodes.cancel);
  }

  /** Sends what is left and closes the socket. */
  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#keepalive.close();
    this.#windows.close();
    this.#outbound.flush();
    this.#outbound.close();
    this.socket.resume();
    this.socket.end(() => setTimeout(() => this.socket.destroy(), lingerMsMax).unref());
    setTimeout(() => this.socket.destroy(), 2 * lingerMsMax).unref();
  }
}
