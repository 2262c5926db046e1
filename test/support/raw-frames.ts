import { once } from 'node:events';
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { MeshError } from '../../services/shared/kernel/mesh-error.ts';
import { implementPartly } from '../../services/shared/platform/grpc/implement.ts';
import { loadMethod } from '../../services/shared/platform/grpc/load-proto.ts';
import { MessageReader } from '../../services/shared/platform/grpc/message-reader.ts';
import { serveFrames } from '../../services/shared/platform/grpc/serve-frames.ts';
import { createServer, type MeshServer } from '../../services/shared/platform/grpc/server.ts';
import type { ServerCall } from '../../services/shared/platform/grpc/server-call.ts';
import type { RequestOf, ResponseOf } from '../../services/shared/platform/grpc/service-types.ts';
import type { ReceiveLimits } from '../../services/shared/platform/http2/receive-limits.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';
import { eventually } from './eventually.ts';
import { framed } from './framed.ts';

type Service = 'mlmesh.prediction.v1.PredictionService';

/** Largest message of the server. */
export const messageBytesMax = 300_000;
/** Frames of a stream that may be under way. */
export const framesMax = 4;
/** The method that it serves. */
export const { definition } = loadMethod('mlmesh.prediction.v1.PredictionService', 'infer');

/** What the handler of a server of frames saw, and what it waits for. */
export class Seen {
  frames = 0;
  underWay = 0;
  mostUnderWay = 0;
  readonly aborts: unknown[] = [];
  readonly internal: MeshError[] = [];
  readonly #held = new Map<number, () => void>();

  /** Resolves when the frame is released. */
  async hold(id: number): Promise<void> {
    await new Promise<void>((resolve) => this.#held.set(id, resolve));
  }

  /** Whether the handler waits with a frame. */
  isHeld(id: number): boolean {
    return this.#held.has(id);
  }

  /** Lets the handler answer a frame. */
  release(id: number): void {
    this.#held.get(id)?.();
    this.#held.delete(id);
  }
}

/** Gives a server that answers a frame with its features; what else it does with it the model of the frame says. */
export function frameServer(seen: Seen, receive: Partial<ReceiveLimits> = {}): MeshServer {
  return createServer({
    name: 'frames',
    address: '127.0.0.1:0',
    clock: systemClock,
    messageBytesMax,
    receive,
    onInternalError: (error) => seen.internal.push(error),
    services: [
      implementPartly('mlmesh.prediction.v1.PredictionService', {
        infer: serveFrames((frame, call, reply) => {
          // A handler of JavaScript may be as wrong as that.
          const isWrong = frame.batches[0]?.model === 'no-promise';
          return isWrong
            ? (undefined as unknown as Promise<void>)
            : answer(seen, frame, call, reply);
        }, framesMax),
      }),
    ],
  });
}

async function answer(
  seen: Seen,
  { batches }: RequestOf<Service, 'infer'>,
  call: ServerCall,
  reply: (reply: ResponseOf<Service, 'infer'>) => void,
): Promise<void> {
  const [{ batchId = 0, model = '', features = Buffer.alloc(0) } = {}] = batches;
  if (model === 'refuse') {
    throw new MeshError({
      code: 'NOT_FOUND',
      reason: 'MODEL_UNKNOWN',
      message: 'no such model',
    });
  }
  seen.frames += 1;
  seen.underWay += 1;
  seen.mostUnderWay = Math.max(seen.mostUnderWay, seen.underWay);
  if (model === 'hold' || model === 'look-later') await seen.hold(batchId);
  if (model === 'late') await Promise.resolve();
  if (model === 'look-later' && call.signal.aborted) seen.aborts.push(call.signal.reason);
  if (model === 'hang') {
    await once(call.signal, 'abort');
    seen.aborts.push(call.signal.reason);
  }
  const outputs = model === 'wide' ? Buffer.alloc(messageBytesMax) : features;
  reply({ batches: [{ batchId, rows: { outputs } }] });
  seen.underWay -= 1;
}

/** Gives the bytes of a frame of one batch. */
export const requestOf = (batchId: number, model = 'm', bytes = 4): Buffer =>
  definition.requestSerialize({ batches: [{ batchId, model, features: Buffer.alloc(bytes) }] });
/** Gives a frame as it is on a stream. */
export const frameOf = (batchId: number, model = 'm', bytes = 4): Buffer =>
  framed(requestOf(batchId, model, bytes));

/** What is looked at of a reply. */
export interface FrameReply {
  readonly batches: readonly { readonly batchId: number }[];
}

/** One call of a client that knows nothing of gRPC, and what came of it. */
export class RawFrames {
  readonly stream: ClientHttp2Stream;
  /** Of the batches that were answered, in order. */
  readonly ids: number[] = [];
  response: IncomingHttpHeaders = {};
  trailers: IncomingHttpHeaders = {};
  isClosed = false;
  readonly #reader = new MessageReader(messageBytesMax * 2, (message) => {
    const reply = definition.responseDeserialize(message) as FrameReply;
    this.ids.push(...reply.batches.map(({ batchId }) => batchId));
  });

  constructor(session: ClientHttp2Session, headers: Readonly<Record<string, string>> = {}) {
    this.stream = session.request({
      ':method': 'POST',
      ':path': definition.path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    this.stream.on('response', (given) => {
      this.response = given;
    });
    this.stream.on('trailers', (given) => {
      this.trailers = given;
    });
    this.stream.on('error', () => {}); // 'close' follows
    this.stream.on('close', () => {
      this.isClosed = true;
    });
  }

  /** Reads replies from now on. */
  read(): this {
    this.stream.on('data', (piece: Buffer) => this.#reader.push(piece));
    return this;
  }

  /** Waits until so many batches were answered. */
  async replies(count: number): Promise<void> {
    await eventually(`${count} replies came`, () => this.ids.length >= count);
  }

  /** Waits for the end; gives the status and its text. */
  async end(): Promise<readonly [string, string]> {
    if (!this.isClosed) await once(this.stream, 'close');
    const last = this.trailers['grpc-status'] === undefined ? this.response : this.trailers;
    return [String(last['grpc-status']), decodeURI(String(last['grpc-message'] ?? ''))];
  }
}
