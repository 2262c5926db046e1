import type { Socket } from 'node:net';
import { BriefMap } from '../../policy/brief-map.ts';
import { CallStream, type StreamHost } from './call-stream.ts';
import { Calm } from './calm.ts';
import { ConnectionFault, type ErrorCode, errorCodes, StreamFault } from './errors.ts';
import { Farewell } from './farewell.ts';
import {
  checkLength,
  checkPriority,
  checkStream,
  refuseFrame,
  unexpected,
} from './frame-checks.ts';
import { type DataPiece, type Frame, type FrameListener, FrameReader } from './frame-reader.ts';
import { frameFlags, frameTypes, settingIds } from './frames.ts';
import {
  type HeaderBlock,
  HeaderBlocks,
  headerLimits,
  requestOf,
  streamsMax,
} from './header-blocks.ts';
import type { HeaderList } from './header-list.ts';
import { Outbound } from './outbound.ts';
import { readSettings } from './peer-settings.ts';
import type { ReceiveLimits } from './receive-limits.ts';
import { ReceiveWindows } from './receive-windows.ts';
import { ResetRing } from './reset-ring.ts';
import { SendWindows } from './send-windows.ts';

/** What a connection is for. */
export interface ConnectionOptions {
  readonly receive: ReceiveLimits;
  /** Takes a request, whose headers are whole and allowed: sets the consumer of the stream, or answers it. */
  readonly onStream: (stream: CallStream) => void;
  readonly onClose: (connection: Connection) => void;
}

/** Largest payload of what is no data: a header block may go on in more frames. */
const otherBytesMax = 65_535;
/** Time for a peer to close a connection whose last bytes have left. */
const lingerMsMax = 1_000;
/** Time for the last bytes to leave where the peer did what it may not. */
const faultMsMax = 5_000;
const ignore = (): void => {};

/**
 * One connection of a server of HTTP/2: what a gRPC server needs of it, without push and without priorities. Node's own makes objects of C++, and strings outside of the heap, for
 * each stream; here a stream is one object, and a turn of the event loop is one write.
 * @source RFC 9113
 */
export class Connection implements StreamHost, FrameListener {
  readonly socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #outbound: Outbound;
  readonly #windows: ReceiveWindows;
  readonly #sendWindows: SendWindows;
  readonly #reader: FrameReader;
  readonly #blocks = new HeaderBlocks();
  readonly #streams = new BriefMap<number, CallStream>();
  readonly #resets = new ResetRing();
  readonly #farewell: Farewell;
  readonly #calm = new Calm(performance.now());
  readonly #handlers: Readonly<Record<number, (frame: Frame) => void>> = {
    [frameTypes.headers]: (frame) => this.#onBlock(this.#blocks.begin(frame)),
    [frameTypes.continuation]: (frame) => this.#onBlock(this.#blocks.goOn(frame)),
    [frameTypes.priority]: (frame) => {
      checkPriority(frame);
      this.#spend();
    },
    [frameTypes.rstStream]: (frame) => this.#onReset(frame),
    [frameTypes.settings]: (frame) => this.#onSettings(frame),
    [frameTypes.ping]: (frame) => this.#onPing(frame),
    [frameTypes.windowUpdate]: (frame) => this.#onWindowUpdate(frame),
    [frameTypes.goaway]: (frame) => checkLength(frame, 8, otherBytesMax),
    [frameTypes.pushPromise]: refuseFrame,
  };
  #hasSettings = false;
  /** Streams up to this one have begun. */
  #lastId = 0;
  /** Nothing more that comes is looked at. */
  #isDeaf = false;

  constructor(socket: Socket, options: ConnectionOptions) {
    this.socket = socket;
    this.#options = options;
    this.#outbound = new Outbound(socket);
    this.#sendWindows = new SendWindows(this.#outbound, this.#streams);
    this.#reader = new FrameReader(this, {
      dataBytes: options.receive.frameBytesMax,
      otherBytes: Math.min(options.receive.frameBytesMax, otherBytesMax),
    });
    this.#windows = new ReceiveWindows(options.receive, {
      settings: (values) => this.#outbound.settings(values),
      windowUpdate: (streamId, bytes) => this.#outbound.windowUpdate(streamId, bytes),
      onStreamWindows: (delta) => this.#changeWindows(delta),
      onSilence: () => this.#fail(errorCodes.settingsTimeout, 'settings were not acknowledged'),
    });
    this.#farewell = new Farewell(
      this.#outbound,
      () => this.#lastId,
      () => this.#endIfIdle(),
    );
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#onChunk(chunk));
    socket.on('end', () => this.#onSocketEnd());
    socket.on('error', ignore); // 'close' follows
    socket.on('close', () => {
      this.#closeStreams(errorCodes.cancel);
      options.onClose(this);
    });
    this.#windows.open([
      [settingIds.maxConcurrentStreams, streamsMax],
      [settingIds.maxHeaderListSize, headerLimits.bytes],
    ]);
  }

  /** Serves what is under way and on its way, and nothing after that. */
  drain(): void {
    if (!this.#isDeaf) this.#farewell.begin();
  }

  /** Ends at once, whatever is under way. */
  destroy(): void {
    if (!this.#isDeaf) {
      this.#sayEnd(errorCodes.cancel, '');
      this.#outbound.flush();
    }
    this.socket.destroy();
    this.#closeStreams(errorCodes.cancel);
  }

  onFrame(frame: Frame): void {
    if (this.#isDeaf) return;
    const { type } = frame;
    if (this.#blocks.isOpen && type !== frameTypes.continuation) throw unexpected(type);
    if (!this.#hasSettings && type !== frameTypes.settings) throw unexpected(type);
    checkStream(frame);
    try {
      this.#dispatch(frame);
    } catch (error) {
      this.#onStreamFault(error);
    }
  }

  onData(piece: DataPiece): void {
    if (this.#isDeaf) return;
    const { streamId, flowBytes } = piece;
    if (this.#blocks.isOpen || !this.#hasSettings) throw unexpected(frameTypes.data);
    if (streamId === 0 || streamId > this.#lastId) {
      throw new ConnectionFault(errorCodes.protocolError, 'data for a stream that has not begun');
    }
    if (!this.#windows.take(flowBytes)) {
      throw new ConnectionFault(
        errorCodes.flowControlError,
        'more data than the window of the connection',
      );
    }
    const stream = this.#streams.get(streamId);
    try {
      if (stream === undefined || stream.isRemoteEnded) this.#onLateFrame(streamId);
      else this.#give(stream, piece);
    } catch (error) {
      this.#onStreamFault(error);
    }
  }

  writeHeaders(stream: CallStream, block: Uint8Array, isEnd: boolean): void {
    this.#outbound.headers(stream.id, block, isEnd);
  }

  pump(stream: CallStream): void {
    this.#outbound.pump(stream);
  }

  writeReset({ id }: CallStream, code: ErrorCode): void {
    this.#outbound.reset(id, code);
    this.#resets.add(id);
  }

  credit(stream: CallStream, bytes: number): void {
    this.#windows.credit(stream, bytes);
  }

  forget(stream: CallStream): void {
    if (this.#isDeaf) return;
    this.#streams.delete(stream.id);
    this.#outbound.forget(stream);
    this.#windows.adjust(this.#streams.size);
    this.#endIfIdle();
  }

  #onChunk(chunk: Buffer): void {
    if (this.#isDeaf) return;
    try {
      this.#reader.push(chunk);
    } catch (error) {
      if (!(error instanceof ConnectionFault)) throw error;
      this.#fail(error.code, error.message);
    }
  }

  #dispatch(frame: Frame): void {
    const handle = this.#handlers[frame.type];
    // Types that are not known are ignored.
    if (handle === undefined) this.#spend();
    else handle(frame);
  }

  #onBlock(block: HeaderBlock | undefined): void {
    if (block === undefined) return;
    const { streamId, isEnd } = block;
    const known = this.#streams.get(streamId);
    if (known !== undefined) this.#onTrailers(known, isEnd);
    else if (streamId <= this.#lastId) this.#onLateHeaders(streamId);
    else if (streamId % 2 === 0) {
      throw new ConnectionFault(errorCodes.protocolError, 'an even number, from a client');
    } else {
      this.#lastId = streamId;
      // More may come of what is skipped.
      if (streamId > this.#farewell.servedIdMax) this.#resets.add(streamId);
      else this.#begin(streamId, requestOf(block, this.#streams.size), isEnd);
    }
  }

  #begin(streamId: number, headers: HeaderList, isEnd: boolean): void {
    const stream = new CallStream(this, streamId, headers, {
      sendBytes: this.#outbound.streamWindowBytes,
      receiveBytes: this.#windows.streamBytes,
    });
    this.#streams.set(streamId, stream);
    this.#windows.adjust(this.#streams.size);
    this.#options.onStream(stream);
    if (isEnd) stream.endRemote();
  }

  #onTrailers(stream: CallStream, isEnd: boolean): void {
    if (stream.isRemoteEnded) {
      throw new StreamFault(errorCodes.streamClosed, stream.id, 'headers after the end');
    }
    if (!isEnd) {
      throw new StreamFault(errorCodes.protocolError, stream.id, 'trailers that end nothing');
    }
    stream.endRemote();
  }

  #give(stream: CallStream, { bytes, flowBytes, isEnd }: DataPiece): void {
    if (flowBytes > 0 && flowBytes > stream.receiveWindowBytes) {
      throw new StreamFault(errorCodes.flowControlError, stream.id, 'more data than its window');
    }
    stream.receiveWindowBytes -= flowBytes;
    stream.dataBytes += bytes.length;
    if (flowBytes > bytes.length) stream.credit(flowBytes - bytes.length);
    if (bytes.length > 0) stream.consumer.onData(bytes);
    else if (!isEnd) this.#spend();
    if (isEnd) stream.endRemote();
  }

  /** A frame for a stream that is over: on its way when we reset it, or wrong. */
  #onLateFrame(streamId: number): void {
    if (this.#resets.has(streamId)) return;
    this.#spend();
    const stream = this.#streams.get(streamId);
    if (stream !== undefined) stream.reset(errorCodes.streamClosed);
    else this.#outbound.reset(streamId, errorCodes.streamClosed);
  }

  #onLateHeaders(streamId: number): void {
    if (this.#resets.has(streamId)) return;
    throw new ConnectionFault(
      errorCodes.streamClosed,
      `headers for stream ${streamId}, which is over`,
    );
  }

  #onReset(frame: Frame): void {
    checkLength(frame, 4);
    this.#spend();
    if (frame.streamId > this.#lastId) throw unexpected(frame.type);
    const code = frame.bytes.readUInt32BE(frame.start) as ErrorCode;
    this.#streams.get(frame.streamId)?.close(code);
  }

  #onSettings(frame: Frame): void {
    this.#hasSettings = true;
    this.#spend();
    if ((frame.flags & frameFlags.ack) !== 0) {
      checkLength(frame, 0);
      this.#windows.onAcknowledged(this.#streams.size);
      return;
    }
    const settings = readSettings(frame);
    if (settings.isTableSmaller) this.#outbound.oweTable();
    if (settings.frameBytes !== undefined) this.#outbound.frameBytes = settings.frameBytes;
    this.#outbound.acknowledgeSettings();
    if (settings.windowBytes === undefined) return;
    // Each open stream has its window changed.
    this.#spend(this.#streams.size / 100);
    this.#sendWindows.setAll(settings.windowBytes);
  }

  #changeWindows(delta: number): void {
    this.#streams.forEach((stream) => {
      stream.receiveWindowBytes += delta;
      // What is little for a wide window may be all of a narrow one.
      this.credit(stream, 0);
    });
  }

  #onPing(frame: Frame): void {
    checkLength(frame, 8);
    this.#spend();
    const payload = frame.bytes.subarray(frame.start, frame.end);
    if ((frame.flags & frameFlags.ack) === 0) this.#outbound.ping(payload, true);
    else this.#farewell.onAnswer(payload);
  }

  #onWindowUpdate(frame: Frame): void {
    checkLength(frame, 4);
    const { type, streamId, bytes, start } = frame;
    if (streamId > this.#lastId) throw unexpected(type);
    const widenedBytes = bytes.readUInt32BE(start) & 0x7fffffff;
    this.#sendWindows.widen(streamId, widenedBytes);
  }

  #onStreamFault(error: unknown): void {
    if (!(error instanceof StreamFault)) throw error;
    this.#spend();
    const stream = this.#streams.get(error.streamId);
    if (stream !== undefined) stream.reset(error.code);
    else {
      this.#outbound.reset(error.streamId, error.code);
      this.#resets.add(error.streamId);
    }
  }

  /** Counts what makes work and moves nothing. */
  #spend(frames = 1): void {
    if (this.#calm.take(frames, () => performance.now())) return;
    throw new ConnectionFault(errorCodes.enhanceYourCalm, 'too many frames that move nothing');
  }

  #endIfIdle(): void {
    if (this.#farewell.isSaid && this.#streams.size === 0) this.#end();
  }

  #onSocketEnd(): void {
    // What was said before the end may not have left.
    if (this.#isDeaf) return;
    this.#outbound.flush();
    this.socket.destroy();
  }

  #fail(code: ErrorCode, why: string): void {
    if (this.#isDeaf) return;
    this.#sayEnd(code, why);
    this.#end();
    this.#closeStreams(code);
    setTimeout(() => this.socket.destroy(), faultMsMax).unref();
  }

  #sayEnd(code: ErrorCode, why: string): void {
    this.#outbound.goAway(Math.min(this.#lastId, this.#farewell.servedIdMax), code, why);
  }

  /** Sends what is left and closes the socket; what comes meanwhile is read, and nobody looks at it, so that the peer gets all. */
  #end(): void {
    if (this.#isDeaf) return;
    this.#isDeaf = true;
    this.#outbound.flush();
    this.#outbound.close();
    this.socket.resume();
    this.socket.end(() => setTimeout(() => this.socket.destroy(), lingerMsMax).unref());
  }

  #closeStreams(code: ErrorCode): void {
    this.#isDeaf = true;
    this.#farewell.close();
    this.#windows.close();
    this.#outbound.close();
    for (const stream of this.#streams.values()) stream.close(code);
    this.#streams.clear();
  }
}
