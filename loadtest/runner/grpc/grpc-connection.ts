import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
} from 'node:http2';
import { grpcFrame } from '../../load/frames-file.ts';
import { grpcStatus } from './status.ts';

/** Metadata by key, as an answer carries it. */
export type Metadata = Readonly<Record<string, readonly string[]>>;

/** How a call ended. */
export interface CallResult {
  readonly status: number;
  /** What the server, or this side, says about a status other than 0. */
  readonly details: string;
  /** Encoded message; undefined when none came. */
  readonly message: Uint8Array | undefined;
  readonly headers: Metadata;
  readonly trailers: Metadata;
}

/** One unary call. */
export interface UnaryCall {
  /** Such as /mlmesh.router.v1.RouterService/Predict. */
  readonly path: string;
  readonly message: Uint8Array;
  readonly metadata: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly answerBytesMax: number;
}

/** What a connection proves itself with, and whom it trusts, in PEM. */
export interface ConnectionTls {
  /** Certificates of the authorities that are trusted; those of the system where there are none. */
  readonly ca?: readonly string[];
  /** Its own certificate, with those between it and the authority behind it; none for who has a token. */
  readonly cert?: string;
  readonly key?: string;
}

/** One connection to a gRPC server, in plain text or over TLS, made anew when it is lost. It costs less per call than a client library, so that the load is cheap. */
export class GrpcConnection {
  readonly #address: string;
  readonly #connectMsMax: number;
  readonly #tls: ConnectionTls | undefined;
  #session: ClientHttp2Session | undefined;
  #opening: Promise<ClientHttp2Session> | undefined;
  /** Until its peer has answered: a connection that is made while this closes would keep the process alive. */
  #connecting: ClientHttp2Session | undefined;
  #isClosed = false;

  /** `address` is host:port; without `tls` it is plain text. */
  constructor(address: string, connectMsMax: number, tls?: ConnectionTls) {
    this.#address = address;
    this.#connectMsMax = connectMsMax;
    this.#tls = tls;
  }

  /** Resolves when it is connected. @throws {Error} when nobody listens, or does not answer in time */
  async open(): Promise<ClientHttp2Session> {
    const session = this.#session;
    if (session !== undefined && !session.closed && !session.destroyed) return session;
    if (this.#isClosed) throw new Error(`the connection to ${this.#address} was closed`);
    this.#opening ??= this.#connect().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  /** Makes a call; what goes wrong is a status. */
  async call(call: UnaryCall): Promise<CallResult> {
    let session = this.#session;
    if (session === undefined || session.closed || session.destroyed) {
      try {
        session = await this.open();
      } catch (error) {
        return failed(grpcStatus.StatusUnavailable, error instanceof Error ? error.message : '');
      }
    }
    return new Promise((resolve) => new CallRun(call, resolve).start(session));
  }

  close(): void {
    this.#isClosed = true;
    this.#session?.close();
    this.#session = undefined;
    this.#connecting?.destroy();
  }

  #newSession(): ClientHttp2Session {
    const settings = { enablePush: false };
    if (this.#tls === undefined) return connect(`http://${this.#address}`, { settings });
    const { ca, cert, key } = this.#tls;
    return connect(`https://${this.#address}`, {
      settings,
      ...(ca && { ca: [...ca] }),
      ...(cert !== undefined && key !== undefined && { cert, key }),
    });
  }

  #connect(): Promise<ClientHttp2Session> {
    return new Promise((resolve, reject) => {
      const session = this.#newSession();
      this.#connecting = session;
      const timer = setTimeout(() => {
        session.destroy(new Error(`no answer in ${this.#connectMsMax} ms`));
      }, this.#connectMsMax);
      // Once it is connected, each stream says what went wrong.
      session.on('error', (error: Error) => {
        clearTimeout(timer);
        reject(new Error(`can't connect to ${this.#address}: ${textOf(error)}`, { cause: error }));
      });
      // Connected is not served: a proxy may listen where nobody is behind it.
      session.once('remoteSettings', () => {
        clearTimeout(timer);
        this.#connecting = undefined;
        this.#session = session;
        resolve(session);
      });
      session.once('close', () => {
        clearTimeout(timer);
        reject(new Error(`can't connect to ${this.#address}: it closed the connection`));
      });
    });
  }
}

/** An AggregateError of several addresses has no message of its own. */
function textOf(error: Error): string {
  if (error.message !== '') return error.message;
  return error instanceof AggregateError ? String(error.errors[0]) : error.name;
}

function failed(status: number, details: string): CallResult {
  return { status, details, message: undefined, headers: {}, trailers: {} };
}

/** A call on its way: its answer in pieces, and its deadline. */
class CallRun {
  readonly #call: UnaryCall;
  readonly #resolve: (result: CallResult) => void;
  readonly #chunks: Buffer[] = [];
  #received = 0;
  #headers: IncomingHttpHeaders = {};
  #trailers: IncomingHttpHeaders = {};
  #failure: { readonly status: number; readonly details: string } | undefined;

  constructor(call: UnaryCall, resolve: (result: CallResult) => void) {
    this.#call = call;
    this.#resolve = resolve;
  }

  start(session: ClientHttp2Session): void {
    const { path, message, metadata, timeoutMs } = this.#call;
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      'user-agent': 'mlmesh-loadtest',
      'grpc-timeout': grpcTimeout(timeoutMs),
      ...metadata,
    });
    const timer = setTimeout(() => {
      this.#fail(stream, grpcStatus.StatusDeadlineExceeded, `no answer in ${timeoutMs} ms`);
    }, timeoutMs);
    stream.on('response', (headers) => {
      this.#headers = headers;
    });
    stream.on('trailers', (trailers) => {
      this.#trailers = trailers;
    });
    stream.on('data', (chunk: Buffer) => this.#take(stream, chunk));
    stream.on('error', (error: Error) => {
      this.#failure ??= { status: grpcStatus.StatusUnavailable, details: textOf(error) };
    });
    stream.on('close', () => {
      clearTimeout(timer);
      this.#resolve(this.#result());
    });
    stream.end(grpcFrame(message));
  }

  #take(stream: ClientHttp2Stream, chunk: Buffer): void {
    this.#received += chunk.length;
    if (this.#received > this.#call.answerBytesMax + frameHeaderBytes) {
      const details = `the answer is larger than ${this.#call.answerBytesMax} bytes`;
      this.#fail(stream, grpcStatus.StatusResourceExhausted, details);
      return;
    }
    this.#chunks.push(chunk);
  }

  #fail(stream: ClientHttp2Stream, status: number, details: string): void {
    this.#failure ??= { status, details };
    stream.close(constants.NGHTTP2_CANCEL);
  }

  #result(): CallResult {
    const headers = metadataOf(this.#headers);
    const trailers = metadataOf(this.#trailers);
    const { status, details } = this.#failure ?? this.#statusOfServer();
    if (status !== 0) return { status, details, message: undefined, headers, trailers };
    const body = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
    const message = body === undefined ? undefined : messageIn(body);
    if (message !== undefined) return { status, details, message, headers, trailers };
    const text = 'the answer holds no single message that is not compressed';
    return { ...failed(grpcStatus.StatusInternal, text), headers, trailers };
  }

  /** An error without a body carries its status in the only block of headers. */
  #statusOfServer(): { readonly status: number; readonly details: string } {
    const from = this.#trailers['grpc-status'] === undefined ? this.#headers : this.#trailers;
    const text = from['grpc-status'];
    if (text === undefined) {
      const http = String(this.#headers[':status'] ?? 'none');
      return { status: grpcStatus.StatusUnknown, details: `no gRPC status; HTTP status ${http}` };
    }
    return { status: Number(text), details: decoded(String(from['grpc-message'] ?? '')) };
  }
}

const frameHeaderBytes = 5;

function messageIn(body: Buffer): Uint8Array | undefined {
  if (body.length < frameHeaderBytes || body[0] !== 0) return undefined;
  const length = body.readUInt32BE(1);
  return body.length === frameHeaderBytes + length ? body.subarray(frameHeaderBytes) : undefined;
}

/** The protocol allows for eight digits. */
function grpcTimeout(ms: number): string {
  return ms < 99_999 ? `${Math.max(1, Math.round(ms * 1_000))}u` : `${Math.round(ms)}m`;
}

function metadataOf(headers: IncomingHttpHeaders): Metadata {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      name.startsWith(':') || value === undefined ? [] : [[name, [value].flat()]],
    ),
  );
}

/** Status messages are percent-encoded. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
