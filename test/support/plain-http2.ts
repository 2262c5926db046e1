import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { CallStream } from '../../services/shared/platform/http2/call-stream.ts';
import { Connections } from '../../services/shared/platform/http2/connections.ts';
import type { ErrorCode } from '../../services/shared/platform/http2/errors.ts';
import { encodeHeaders } from '../../services/shared/platform/http2/hpack/encode-headers.ts';
import {
  type ReceiveLimits,
  receiveLimitsDefault,
} from '../../services/shared/platform/http2/receive-limits.ts';

/** A request that came to a {@link PlainServer}. */
export interface PlainRequest {
  readonly stream: CallStream;
  /** Of its body, what came. */
  bytes: number;
  isWhole: boolean;
  /** Each time that its consumer was told that it is over. */
  readonly closes: ErrorCode[];
}

/** What a {@link PlainServer} does with requests. */
export interface PlainOptions {
  /** Answers a request that is whole; default is 200 and `hello, world`. */
  readonly answer?: (request: PlainRequest) => void;
  /** Takes a piece of a body; default is that it is credited at once. */
  readonly take?: (request: PlainRequest, piece: Buffer) => void;
  readonly receive?: Partial<ReceiveLimits>;
}

const okHeaders = encodeHeaders([[':status', '200']]);
const noTrailers = Buffer.alloc(0);
const hello = Buffer.from('hello, world');

/** Answers a request with 200 and a body. */
export function answerWith({ stream }: PlainRequest, body: Uint8Array): void {
  stream.respond(okHeaders, false);
  stream.send(body);
  stream.end(noTrailers);
}

/** A server of HTTP/2 with nothing above it, and what it saw. */
export class PlainServer {
  readonly requests: PlainRequest[] = [];
  readonly sockets: Socket[] = [];
  readonly connections: Connections;
  readonly #server: Server;

  private constructor({ answer, take, receive }: PlainOptions) {
    this.connections = new Connections({
      receive: { ...receiveLimitsDefault, ...receive },
      onStream: (stream) => {
        const request: PlainRequest = { stream, bytes: 0, isWhole: false, closes: [] };
        this.requests.push(request);
        stream.consumer = {
          onData: (piece) => {
            request.bytes += piece.length;
            if (take === undefined) stream.credit(piece.length);
            else take(request, piece);
          },
          onEnd: () => {
            request.isWhole = true;
            if (answer === undefined) answerWith(request, hello);
            else answer(request);
          },
          onClose: (code) => request.closes.push(code),
        };
      },
    });
    this.#server = createServer((socket) => {
      this.sockets.push(socket);
      this.connections.accept(socket);
    });
  }

  /** Gives one that listens. */
  static async start(options: PlainOptions = {}): Promise<PlainServer> {
    const plain = new PlainServer(options);
    plain.#server.listen(0, '127.0.0.1');
    await once(plain.#server, 'listening');
    return plain;
  }

  /** Port that it listens on. */
  get port(): number {
    const address = this.#server.address();
    return address !== null && typeof address === 'object' ? address.port : 0;
  }

  /** Ends it and all of its connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.connections.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
