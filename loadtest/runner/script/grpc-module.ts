import { isAbsolute, resolve } from 'node:path';
import { decodeResponse, encodeRequest } from '../grpc/canonical-json.ts';
import {
  type CallResult,
  type ConnectionTls,
  GrpcConnection,
  type UnaryCall,
} from '../grpc/grpc-connection.ts';
import { loadSchema, type Schema, type UnaryMethod } from '../grpc/load-schema.ts';
import { grpcStatus } from '../grpc/status.ts';
import { parseDuration } from './parse-duration.ts';
import type { RunHost } from './run-host.ts';
import { apiPrototype, guarded, unsupported } from './unsupported-api.ts';
import type { VirtualUserState } from './virtual-user.ts';

type Fields = Readonly<Record<string, unknown>>;

// k6's own defaults.
const connectMsMax = 60_000;
const callMsMax = 120_000;
const answerBytesMax = 4 * 1024 * 1024;

/** Gives the module `k6/net/grpc` of one virtual user. */
export function grpcModule(host: RunHost, user: VirtualUserState): object {
  const Client = class {
    readonly #client = new GrpcClient(host, user);
    load = (folders: readonly string[] | null, ...files: readonly string[]) =>
      this.#client.load(folders ?? [], files);
    connect = (address: string, params?: Fields) => this.#client.connect(address, params ?? {});
    asyncInvoke = (path: string, request: unknown, params?: Fields) =>
      this.#client.call(path, request, params ?? {});
    invoke = () => {
      throw unsupported(
        'Client.invoke of k6/net/grpc',
        'it would block every other virtual user of this process. Use `await client.asyncInvoke(...)`, which k6 has too',
      );
    };
    close = () => this.#client.close();
  };
  const methods = ['load', 'connect', 'asyncInvoke', 'close'];
  Object.setPrototypeOf(Client.prototype, apiPrototype('Client of k6/net/grpc', methods));
  return guarded('k6/net/grpc', { Client, ...grpcStatus });
}

/** The client of a virtual user, with a connection of its own as in k6. */
class GrpcClient {
  readonly #host: RunHost;
  readonly #user: VirtualUserState;
  readonly #schemas: Schema[] = [];
  #address = '';
  #connection: GrpcConnection | undefined;
  /** The first connection: a call waits for it, and throws what `connect` throws in k6. */
  #first: Promise<unknown> | undefined;
  #answerBytesMax = answerBytesMax;

  constructor(host: RunHost, user: VirtualUserState) {
    this.#host = host;
    this.#user = user;
  }

  load(folders: readonly string[], files: readonly string[]): void {
    if (!this.#user.isInit) throw new Error('load must be called in the init context');
    const { folder } = this.#host;
    const all = (folders.length === 0 ? ['.'] : folders).map((path) =>
      resolve(folder, path.replace(/^file:\/\//, '')),
    );
    const absolute = files.map((file) => (isAbsolute(file) ? file : file.replace(/^\.\//, '')));
    this.#schemas.push(
      this.#host.once(`schema ${JSON.stringify([all, absolute])}`, () => loadSchema(all, absolute)),
    );
  }

  connect(address: string, params: Fields): void {
    if (this.#user.isInit) {
      throw new Error('connecting to a gRPC server in the init context is not supported');
    }
    const known = ['plaintext', 'tls', 'timeout', 'maxReceiveSize'];
    refuseOthers('Client.connect', params, known);
    const tls = params['plaintext'] === true ? undefined : tlsOf(params['tls'] ?? {});
    if (!/^[^\s/]+:\d+$/.test(address)) {
      throw new TypeError(`Client.connect: wanted host:port, got '${address}'`);
    }
    const timeoutMs = durationOf('Client.connect', params, connectMsMax);
    this.#answerBytesMax = Number(params['maxReceiveSize'] ?? 0) || answerBytesMax;
    this.close();
    this.#address = address;
    this.#connection = new GrpcConnection(address, timeoutMs, tls);
    this.#host.connections.add(this.#connection);
    this.#first = this.#connection.open();
    // Whoever calls hears of it; without a call, nobody has to.
    this.#first.catch(() => undefined);
  }

  async call(path: string, request: unknown, params: Fields): Promise<object> {
    const startedAt = this.#host.clock.monotonic() - this.#user.lateMs;
    const connection = this.#connection;
    if (connection === undefined)
      throw new Error('no gRPC connection, you must call connect first');
    const method = this.#method(path);
    refuseOthers('Client.asyncInvoke', params, [
      'metadata',
      'tags',
      'timeout',
      'discardResponseMessage',
    ]);
    const message = encodeRequest(method.request, request);
    const call: UnaryCall = {
      path: method.path,
      message,
      metadata: (params['metadata'] ?? {}) as Readonly<Record<string, string>>,
      timeoutMs: durationOf('Client.asyncInvoke', params, callMsMax),
      answerBytesMax: this.#answerBytesMax,
    };
    const tags = { ...this.#user.tags, ...(params['tags'] as Readonly<Record<string, string>>) };
    if (this.#first !== undefined) await this.#first;
    this.#first = undefined;
    const result = await connection.call(call);
    const durationMs = this.#host.clock.monotonic() - startedAt;
    this.#host.recordCall(durationMs, {
      sentBytes: message.length,
      receivedBytes: result.message?.length ?? 0,
      tags: {
        ...tags,
        name: method.path,
        service: method.service,
        method: method.name,
        status: String(result.status),
        url: `${this.#address}${method.path}`,
      },
    });
    return responseOf(method, result, params['discardResponseMessage'] === true);
  }

  close(): void {
    if (this.#connection === undefined) return;
    this.#connection.close();
    this.#host.connections.delete(this.#connection);
    this.#connection = undefined;
  }

  #method(path: string): UnaryMethod {
    const whole = path.startsWith('/') ? path : `/${path}`;
    for (const schema of this.#schemas) {
      const method = schema.get(whole);
      if (method !== undefined) return method;
      if (schema.has(whole)) {
        throw unsupported(`a call of ${whole}, which streams,`, 'run the script with k6 itself');
      }
    }
    throw new Error(`method "${whole}" not found in file descriptors; load() its proto file`);
  }
}

function responseOf({ response }: UnaryMethod, result: CallResult, isDiscarded: boolean): object {
  const { status, details, message, headers, trailers } = result;
  return {
    status,
    // Where there is no message, k6 gives an empty one.
    message: isDiscarded ? null : decodeResponse(response, message ?? new Uint8Array()),
    error: status === 0 ? null : { code: status, message: details, details: [] },
    headers,
    trailers,
  };
}

function refuseOthers(place: string, params: Fields, known: readonly string[]): void {
  const other = Object.keys(params).find((key) => !known.includes(key));
  if (other === undefined) return;
  throw unsupported(
    `'${other}' of ${place}`,
    `it has ${known.join(', ')}. Run the script with k6 itself`,
  );
}

/** Reads `tls` as k6 has it: certificates and a key in PEM. Without any, the authorities of the system are trusted. */
function tlsOf(value: unknown): ConnectionTls {
  const fields = { ...(value as Fields) };
  refuseOthers('tls of Client.connect', fields, ['cacerts', 'cert', 'key']);
  const { cacerts, cert, key } = fields;
  const ca = cacerts === undefined ? undefined : [cacerts].flat().map(String);
  if ((cert === undefined) !== (key === undefined)) {
    throw new TypeError('Client.connect: wanted cert and key of tls, or neither');
  }
  return {
    ...(ca && { ca }),
    ...(cert !== undefined && { cert: String(cert), key: String(key) }),
  };
}

function durationOf(place: string, params: Fields, otherwise: number): number {
  const value = params['timeout'];
  if (value === undefined) return otherwise;
  const ms = parseDuration(value);
  if (ms === undefined || ms === 0)
    throw new TypeError(`${place}: timeout is no duration: ${String(value)}`);
  return ms;
}
