import { connect, type LookupFunction, type Socket, type TcpNetConnectOpts } from 'node:net';
import { connect as connectSecured, type TLSSocket } from 'node:tls';
import { Metadata } from '@grpc/grpc-js';
import { codes } from '../../kernel/code.ts';
import { MeshError, messageOf } from '../../kernel/mesh-error.ts';
import { CallConnection, type CallConsumer } from '../http2/call-connection.ts';
import type { ErrorCode } from '../http2/errors.ts';
import type { HeaderList } from '../http2/header-list.ts';
import { encodeHeaders } from '../http2/hpack/encode-headers.ts';
import { receiveLimitsDefault } from '../http2/receive-limits.ts';
import type { BindAddress } from './bind-address.ts';
import type { LoadedMethod } from './load-proto.ts';
import { type MessageFault, MessageReader } from './message-reader.ts';

import { decodeStatus, toMeshError } from './status.ts';
import type { ClientTls, SecureOptions } from './tls/secure-options.ts';
import { sendMessage } from './wire-message.ts';

/** Where a stream goes, and what it is. */
export interface LinkStreamOptions {
  readonly method: LoadedMethod;
  readonly target: BindAddress;
  /** Plain text without it. */
  readonly secure:
    | { readonly options: SecureOptions; readonly token: ClientTls['token'] }
    | undefined;
  /** Finds the addresses of the target's name. */
  readonly lookup: LookupFunction;
  /** Largest message that is taken or sent. */
  readonly messageBytesMax: number;
}

/** Learns what becomes of a stream. */
export interface LinkListener {
  /** The peer is there: messages may be written. */
  onOpen(): void;
  onReply(reply: object): void;
  /** The peer takes no new calls: it answers what it has, and ends the stream. */
  onDraining(): void;
  /** It is over, once, whether it was open or not; `error` is undefined where the peer ended it with OK. */
  onOver(error: MeshError | undefined): void;
}

/** A try to connect that takes longer has failed. */
const connectMsMax = 5_000;
/** Of a name with several addresses, the next one is tried after so long. */
const addressMsMax = 1_000;
/** A peer whose machine is gone says nothing: ask it. */
const keepalive = { everyMs: 10_000, answerMsMax: 5_000 };

/**
 * One bidi call to one address, with a connection of its own, which begins and ends with it. grpc-js and Node's HTTP/2 cost a message as much again as all the work of a
 * frame that carries one item; what goes over the wire is the same.
 */
export class LinkStream implements CallConsumer {
  readonly #options: LinkStreamOptions;
  readonly #listener: LinkListener;
  #socket: Socket | undefined;
  readonly #reader: MessageReader;
  #connection: CallConnection | undefined;
  #connectTimer: NodeJS.Timeout | undefined;
  /** Of the answer: those that came first, and what came with its end. */
  #headers: HeaderList | undefined;
  #trailers: HeaderList | undefined;
  #isOver = false;

  constructor(options: LinkStreamOptions, listener: LinkListener) {
    this.#options = options;
    this.#listener = listener;
    this.#reader = new MessageReader(options.messageBytesMax, (message) => this.#read(message));
    // Certificates that were replaced may be none; whoever makes a stream learns of it later, as of all else.
    try {
      this.#socket = this.#connect();
    } catch (error) {
      setImmediate(() => this.#lose(`can't be connected to: ${messageOf(error)}`));
      return;
    }
    this.#connectTimer = setTimeout(
      () => this.#lose(`did not connect within ${connectMsMax} ms`),
      connectMsMax,
    );
  }

  /**
   * Sends a message; only while it is open.
   * @throws {MeshError} RESOURCE_EXHAUSTED / MESSAGE_TOO_LARGE; the stream goes on
   */
  write(message: object): void {
    const { method, messageBytesMax } = this.#options;
    const bytes = method.definition.requestSerialize(message);
    if (bytes.length > messageBytesMax) {
      throw new MeshError({
        code: 'RESOURCE_EXHAUSTED',
        reason: 'MESSAGE_TOO_LARGE',
        message: `${method.method}: wanted a message of ${messageBytesMax} bytes at most, got ${bytes.length}; send less at once`,
      });
    }
    if (this.#connection !== undefined) sendMessage(this.#connection.call, bytes);
  }

  /** Ends it; the listener learns nothing more. */
  cancel(): void {
    this.#isOver = true;
    clearTimeout(this.#connectTimer);
    if (this.#connection === undefined) this.#socket?.destroy();
    else this.#connection.cancel();
  }

  onReady(): void {
    clearTimeout(this.#connectTimer);
    if (!this.#isOver) this.#listener.onOpen();
  }

  onHeaders(headers: HeaderList, isEnd: boolean): void {
    const isFirst = this.#headers === undefined;
    if (isFirst && isInformational(headers)) return;
    this.#headers ??= headers;
    if (isEnd) this.#trailers = headers;
    if (isFirst && !isGrpc(headers)) {
      this.#lose(`answered with HTTP ${headers.status} and no gRPC; is it another server?`);
    }
  }

  onData(piece: Buffer): void {
    if (this.#isOver) return;
    this.#connection?.call.credit(piece.length);
    const fault = this.#reader.push(piece);
    if (fault !== undefined) this.#end(this.#unreadable(fault));
  }

  onEnd(): void {
    const { method } = this.#options.method;
    const told = this.#trailers?.get('grpc-status');
    if (told === undefined) {
      this.#lose('ended the stream without a status');
      return;
    }
    const code = Number(told);
    this.#over(code === codes.OK ? undefined : statusOf(code, this.#trailers, method));
  }

  onGoAway(): void {
    if (!this.#isOver) this.#listener.onDraining();
  }

  onClose(code: ErrorCode): void {
    const why = this.#connection?.why;
    this.#lose(why === undefined ? `reset the stream with code ${code}` : `failed: ${why}`);
  }

  #read(message: Buffer): void {
    if (this.#isOver) return;
    let reply: object;
    try {
      reply = this.#options.method.definition.responseDeserialize(message);
    } catch (thrown) {
      this.#end(toMeshError(thrown));
      return;
    }
    this.#listener.onReply(reply);
  }

  #connect(): Socket {
    const { target, secure, lookup } = this.#options;
    const { host, port } = target;
    const place: TcpNetConnectOpts = {
      host,
      port,
      lookup,
      autoSelectFamilyAttemptTimeout: addressMsMax,
    };
    if (secure === undefined) {
      const socket = connect(place);
      this.#watch(socket);
      socket.once('connect', () => this.#begin(socket));
      return socket;
    }
    const socket: TLSSocket = connectSecured({ ...secure.options.to(host), ...place });
    this.#watch(socket);
    socket.once('secureConnect', () => {
      if (socket.alpnProtocol === 'h2') this.#begin(socket);
      else this.#lose('speaks no HTTP/2');
    });
    return socket;
  }

  #watch(socket: Socket): void {
    socket.on('error', (error) => this.#lose(`failed: ${messageOf(error)}`));
    socket.on('close', () => this.#lose('closed the connection'));
  }

  #begin(socket: Socket): void {
    if (this.#isOver) return;
    let request: Buffer;
    try {
      request = this.#request();
    } catch (error) {
      this.#lose(`can't be called: ${messageOf(error)}`);
      return;
    }
    this.#connection = new CallConnection(socket, {
      request,
      receive: receiveLimitsDefault,
      keepalive,
      consumer: this,
    });
  }

  #request(): Buffer {
    const { method, target, secure } = this.#options;
    const { host, port } = target;
    const token = secure?.token?.();
    return encodeHeaders([
      [':method', 'POST'],
      [':scheme', secure === undefined ? 'http' : 'https'],
      [':path', method.definition.path],
      [':authority', `${host.includes(':') ? `[${host}]` : host}:${port}`],
      ['te', 'trailers'],
      ['content-type', 'application/grpc'],
      ['user-agent', 'mlmesh'],
      ...(token === undefined ? [] : [['authorization', `Bearer ${token}`] as const]),
    ]);
  }

  #unreadable(fault: MessageFault): MeshError {
    if (fault.kind === 'compressed') {
      return new MeshError({
        code: 'INTERNAL',
        reason: 'INTERNAL',
        message: 'wanted an answer that is not compressed, since nothing else was asked for',
      });
    }
    return new MeshError({
      code: 'RESOURCE_EXHAUSTED',
      reason: 'MESSAGE_TOO_LARGE',
      message: `wanted an answer of ${this.#options.messageBytesMax} bytes at most, got ${fault.bytes}`,
    });
  }

  /** Ends it for what the peer, or what is between, did or did not do. */
  #lose(how: string): void {
    if (this.#isOver) return;
    const { host, port } = this.#options.target;
    this.#end(
      new MeshError({
        code: 'UNAVAILABLE',
        reason: 'PEER_UNAVAILABLE',
        message: `${host}:${port} ${how}`,
        retry: { kind: 'elsewhere' },
      }),
    );
  }

  #end(error: MeshError): void {
    if (this.#isOver) return;
    this.cancel();
    this.#listener.onOver(error);
  }

  #over(error: MeshError | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#connectTimer);
    this.#listener.onOver(error);
  }
}

function isInformational({ status }: HeaderList): boolean {
  return status.startsWith('1');
}

function isGrpc(headers: HeaderList): boolean {
  const type = headers.get('content-type');
  return headers.status === '200' && type?.startsWith('application/grpc') === true;
}

/** Gives the error that a call ended with. */
function statusOf(code: number, trailers: HeaderList | undefined, method: string): MeshError {
  const details = decodeText(trailers?.get('grpc-message') ?? '');
  const metadata = Metadata.fromHttp2Headers(trailers?.toObject() ?? {});
  return decodeStatus({ code, details, metadata }, method);
}

/** Undoes the percents of a message; one that has wrong ones is given as it came. */
function decodeText(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
