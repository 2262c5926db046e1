/** HTTP/2 as it is on the wire, made by hand: what no client would send, and what it gets. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import {
  clientPreface,
  frameFlags,
  frameTypes,
} from '../../services/shared/platform/http2/frames.ts';
import { encodeHeaders } from '../../services/shared/platform/http2/hpack/encode-headers.ts';
import { eventually } from './eventually.ts';

/** A frame that came. */
export interface WireFrame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

type Fields = readonly (readonly [string, string])[];

const headBytes = 9;
const settingBytes = 6;
const postFields: Fields = [
  [':method', 'POST'],
  [':scheme', 'http'],
  [':path', '/'],
];

/** Gives one frame. */
export function wireFrame(
  type: number,
  flags: number,
  streamId: number,
  payload: Uint8Array = Buffer.alloc(0),
): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(streamId, 5);
  return Buffer.concat([head, payload]);
}

/** Gives a number of 32 bits. */
export function uint32Bytes(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Gives a frame with settings, each with its number. */
export function settingsFrame(...settings: readonly (readonly [number, number])[]): Buffer {
  const payload = Buffer.alloc(settings.length * settingBytes);
  for (const [at, [id, value]] of settings.entries()) {
    payload.writeUInt16BE(id, at * settingBytes);
    payload.writeUInt32BE(value, at * settingBytes + 2);
  }
  return wireFrame(frameTypes.settings, 0, 0, payload);
}

/** Gives the headers of a request whose body follows. */
export function openFrame(streamId: number, ...more: Fields): Buffer {
  const block = encodeHeaders([...postFields, ...more]);
  return wireFrame(frameTypes.headers, frameFlags.endHeaders, streamId, block);
}

/** Gives a request without a body. */
export function requestFrame(streamId: number, ...more: Fields): Buffer {
  const frame = openFrame(streamId, ...more);
  frame[4] = frameFlags.endHeaders | frameFlags.endStream;
  return frame;
}

/** Gives a frame that widens a window. */
export function widenFrame(streamId: number, bytes: number): Buffer {
  return wireFrame(frameTypes.windowUpdate, 0, streamId, uint32Bytes(bytes));
}

/** Gives frames with data, as large as a peer takes that has said nothing. */
export function dataFrames(streamId: number, bytes: number): Buffer[] {
  const most = Buffer.alloc(16_384);
  const frames: Buffer[] = [];
  for (let left = bytes; left > 0; left -= most.length) {
    frames.push(wireFrame(frameTypes.data, 0, streamId, most.subarray(0, left)));
  }
  return frames;
}

/** A client that does what it is told, and nothing by itself. */
export class WirePeer {
  readonly frames: WireFrame[] = [];
  readonly socket: Socket;
  isClosed = false;
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #wantedBytes = headBytes;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => {
      this.isClosed = true;
    });
  }

  /** Connects, and says which settings it has. */
  static async open(
    port: number,
    ...settings: readonly (readonly [number, number])[]
  ): Promise<WirePeer> {
    const peer = await WirePeer.silent(port);
    peer.send(clientPreface, settingsFrame(...settings));
    return peer;
  }

  /** Connects, and says nothing. */
  static async silent(port: number): Promise<WirePeer> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new WirePeer(socket);
  }

  /** Sends frames, all in one write. */
  send(...frames: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(frames));
  }

  /** Frames of one type that came, for one stream or whichever. */
  of(type: number, streamId?: number): WireFrame[] {
    return this.frames.filter(
      (frame) => frame.type === type && (streamId === undefined || frame.streamId === streamId),
    );
  }

  /** Bytes of data that came on a stream. */
  dataBytes(streamId: number): number {
    return this.of(frameTypes.data, streamId).reduce((sum, { payload }) => sum + payload.length, 0);
  }

  /** Why a stream was reset; undefined where it was not. */
  resetCode(streamId: number): number | undefined {
    return this.of(frameTypes.rstStream, streamId)[0]?.payload.readUInt32BE();
  }

  /** Why the connection ends, the latest that was said; undefined where nothing was. */
  goAwayCode(): number | undefined {
    return this.of(frameTypes.goaway).at(-1)?.payload.readUInt32BE(4);
  }

  /** Whether the answer on a stream is whole. */
  isAnswered(streamId: number): boolean {
    return this.frames.some(
      ({ type, flags, streamId: id }) =>
        id === streamId &&
        (type === frameTypes.headers || type === frameTypes.data) &&
        (flags & frameFlags.endStream) !== 0,
    );
  }

  /** Waits until the server has read all that was sent: it answers a ping. */
  async settle(): Promise<void> {
    const payload = Buffer.from(`ping${String(this.frames.length % 10_000).padStart(4, '0')}`);
    const before = this.#pongs(payload);
    this.send(wireFrame(frameTypes.ping, 0, 0, payload));
    await eventually('the server answers a ping', () => this.#pongs(payload) > before);
  }

  /** Waits until the server has closed the connection. */
  async closed(): Promise<void> {
    await eventually('the server closes the connection', () => this.isClosed);
  }

  /** Closes it at once. */
  destroy(): void {
    this.socket.destroy();
  }

  #pongs(wanted: Buffer): number {
    return this.of(frameTypes.ping).filter(
      ({ flags, payload }) => (flags & frameFlags.ack) !== 0 && payload.equals(wanted),
    ).length;
  }

  #take(chunk: Buffer): void {
    this.#kept.push(chunk);
    this.#keptBytes += chunk.length;
    if (this.#keptBytes < this.#wantedBytes) return;
    const all = Buffer.concat(this.#kept);
    let at = 0;
    this.#wantedBytes = headBytes;
    while (all.length - at >= headBytes) {
      const end = at + headBytes + all.readUIntBE(at, 3);
      if (end > all.length) {
        this.#wantedBytes = end - at;
        break;
      }
      this.frames.push({
        type: all[at + 3] ?? 0,
        flags: all[at + 4] ?? 0,
        streamId: all.readUInt32BE(at + 5),
        payload: all.subarray(at + headBytes, end),
      });
      at = end;
    }
    this.#kept = [all.subarray(at)];
    this.#keptBytes = all.length - at;
  }
}
