/*
 * How to serve:
 *
 *     const server = createServer({
 *       name: 'router',
 *       address: '127.0.0.1:5001',                       // port 0 lets the system choose; see server.address
 *       clock: systemClock,
 *       services: [
 *         implement('mlmesh.router.v1.RouterService', {
 *           predict: async (request, call) => ({ predictionId: '...' }), // throw MeshError; call.deadline, call.signal
 *           predictStream: (requests, call) => answers(requests, call), // AsyncIterable in, AsyncIterable out
 *           getRouting: () => ({ models: [] }),
 *         }),
 *       ],
 *       onInternalError: (error, call) => log.error('internal-error', error),
 *     });
 *     await server.start();
 *     server.health.setAll(true);                          // ready
 *     await server.stop(5_000);                            // drains
 *
 * Kinds of handlers: unary `(request, call) => Promise<Response>`; server-stream `(request, call) => AsyncIterable`;
 * client-stream `(AsyncIterable, call) => Promise<Response>`; bidi `(AsyncIterable, call) => AsyncIterable`, or
 * serveFrames(...) for streams that a FrameStream talks to.
 */
import assert from 'node:assert/strict';
import { Server, type UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Clock } from '../../kernel/clock.ts';
import type { Component } from '../../kernel/component.ts';
import type { Logger } from '../../kernel/logger.ts';
import { MeshError } from '../../kernel/mesh-error.ts';
import { type DurationMs, durationMs } from '../../kernel/units.ts';
import { BriefSet } from '../../policy/brief-set.ts';
import { Connections } from '../http2/connections.ts';
import { type ReceiveLimits, receiveLimitsDefault } from '../http2/receive-limits.ts';
import {
  type BindAddress,
  checkFree,
  parseBindAddress,
  serverCredentials,
} from './bind-address.ts';
import type { CallGate } from './call-gate.ts';
import { FrameCall } from './frame-call.ts';
import { Health } from './health.ts';
import { implement, type ServiceImplementation } from './implement.ts';
import type { LoadedMethod } from './load-proto.ts';
import { portsBelow } from './ports-below.ts';
import { reflectionServices } from './reflection.ts';
import { guarding } from './request-guard.ts';
import {
  type AnyHandler,
  type CallObserver,
  framesOf,
  type MethodHost,
  serveMethod,
  unaryOf,
} from './serve-method.ts';
import { type StreamMethod, serveStreams } from './serve-streams.ts';
import type { ServerCall } from './server-call.ts';
import type { ServerTls } from './tls/open-tls.ts';
import { type UnaryMethod, UnaryStream } from './unary-stream.ts';
import type { MessageLimits } from './wire-message.ts';

/** What a server is made of. */
export interface ServerOptions {
  /** Name of the component, such as `router`. */
  readonly name: string;
  /** `host:port`; anything but loopback needs `tls`. */
  readonly address: string;
  readonly clock: Clock;
  readonly services: readonly ServiceImplementation[];
  /** Certificates, and who may call; without it everybody may, on loopback. */
  readonly tls?: ServerTls | undefined;
  /** Largest message that is taken or sent. Default 4 MiB. */
  readonly messageBytesMax?: number;
  /** Longest duration of a unary call whose caller allows more. Default 30 s. */
  readonly callMsMax?: DurationMs;
  /** How much is taken from one connection before a handler has read it; see {@link ReceiveLimits} for the defaults. */
  readonly receive?: Partial<ReceiveLimits>;
  /** Told of what the server has to do without. */
  readonly log?: Pick<Logger, 'warn'>;
  /** Refuses calls by their headers. */
  readonly gate?: CallGate;
  /** Learns of every call, for spans and metrics. */
  readonly observer?: CallObserver;
  /** Learns of errors that are not MeshErrors; `error.cause` is what was thrown. */
  readonly onInternalError?: (error: MeshError, call: ServerCall) => void;
}

/** A gRPC server: typed handlers, health and reflection. */
export interface MeshServer extends Component {
  /** `host:port` that it listens on, once started. */
  readonly address: string;
  /** All services start as not serving. */
  readonly health: Health;
  /**
   * Binds and takes calls.
   * @throws {MeshError} UNAVAILABLE / PORT_TAKEN.
   * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG when the system refuses the address.
   */
  start(): Promise<void>;
}

const messageBytesDefault = 4 * 1024 * 1024; // grpc's own default
const flushMsMax = 250; // for last answers to leave after the grace is over
const callMsDefault = durationMs(30_000);

/**
 * Gives a server that does not listen yet.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG when the address is malformed, or not loopback and without TLS.
 */
export function createServer(options: ServerOptions): MeshServer {
  return new GrpcServer(options);
}

class GrpcServer implements MeshServer {
  readonly name: string;
  readonly health = new Health();
  readonly #server: Server;
  readonly #host: MethodHost;
  readonly #bindAddress: BindAddress;
  readonly #credentials: ReturnType<typeof serverCredentials>;
  readonly #receive: ReceiveLimits;
  readonly #messageBytesMax: number;
  /** By path. */
  readonly #streamMethods = new Map<string, StreamMethod>();
  #connections: readonly Connections[] = [];
  readonly #log: Pick<Logger, 'warn'> | undefined;
  readonly #gate: CallGate | undefined;
  readonly #tls: ServerTls | undefined;
  #port: number;

  constructor(options: ServerOptions) {
    this.name = options.name;
    this.#bindAddress = parseBindAddress(options.address);
    this.#port = this.#bindAddress.port;
    this.#credentials = serverCredentials(this.#bindAddress, options.tls);
    this.#tls = options.tls;
    this.#receive = { ...receiveLimitsDefault, ...options.receive };
    this.#log = options.log;
    this.#gate = options.gate;
    const messageBytesMax = options.messageBytesMax ?? messageBytesDefault;
    this.#messageBytesMax = messageBytesMax;
    this.#server = new Server({
      'grpc.enable_channelz': 0, // costs 15 % of all calls, and nobody reads it
      'grpc.max_receive_message_length': messageBytesMax,
      'grpc.max_send_message_length': messageBytesMax,
    });
    this.#host = {
      clock: options.clock,
      callMsMax: options.callMsMax ?? callMsDefault,
      observer: options.observer,
      onInternalError: options.onInternalError ?? (() => {}),
      access: options.tls?.gate,
      calls: new BriefSet(),
      arrivals: new BriefSet(),
      isDraining: false,
    };
    this.health.set('', false);
    for (const { service } of options.services) this.health.set(service.name, false);
    const own = [implement('grpc.health.v1.Health', this.health.handlers())];
    const names = [...options.services, ...own].map(({ service }) => service.name);
    // Health and reflection are no traffic: they are not observed and they answer during a drain.
    const quiet: MethodHost = { ...this.#host, observer: undefined };
    for (const implementation of options.services) this.#add(implementation, this.#host);
    for (const implementation of [...own, ...reflectionServices(names)]) {
      this.#add(implementation, quiet);
    }
  }

  get address(): string {
    const { host } = this.#bindAddress;
    return `${host.includes(':') ? `[${host}]` : host}:${this.#port}`;
  }

  async start(): Promise<void> {
    await checkFree(this.#bindAddress);
    this.#port = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync(this.address, this.#credentials, (error, port) => {
        if (error === null) resolve(port);
        else reject(error);
      });
    });
    this.#reachBelow();
  }

  /** Where grpc-js is not as expected, it serves as it ships: slower. Nothing is served without the gate that belongs before it. */
  #reachBelow(): void {
    const found = portsBelow(this.#server);
    if (found.kind === 'unknown') {
      if (this.#tls !== undefined) this.#server.forceShutdown();
      assert.ok(this.#tls === undefined, `no gate can stand before ${this.name}: ${found.why}`);
      this.#log?.warn('grpc-stock', { server: this.name, why: found.why });
      return;
    }
    this.#connections = found.ports.map((port) => {
      const onStream = serveStreams({
        methods: this.#streamMethods,
        access: this.#tls?.gate,
        onDenied: (denial) => this.#host.observer?.denied?.(denial),
        grpcJs: port.onStream,
      });
      const connections = new Connections({ receive: this.#receive, onStream });
      port.take((socket) => connections.accept(socket));
      return connections;
    });
  }

  async stop(graceMs: number): Promise<void> {
    this.health.setAll(false);
    this.#host.isDraining = true;
    const error = new MeshError({
      code: 'UNAVAILABLE',
      reason: 'DRAINING',
      message: `${this.name} at ${this.address} is stopping; ask another one`,
      retry: { kind: 'elsewhere' },
    });
    const closed = new Promise<void>((resolve) => {
      this.#server.tryShutdown(() => resolve());
    });
    for (const call of [...this.#host.calls]) call.drain(error);
    for (const arrival of [...this.#host.arrivals]) arrival.giveUp(error);
    for (const connections of this.#connections) connections.drain();
    const answerTimer = setTimeout(() => {
      for (const call of [...this.#host.calls]) call.force(error);
    }, graceMs);
    let forceTimer: NodeJS.Timeout | undefined;
    const forced = new Promise<void>((resolve) => {
      forceTimer = setTimeout(() => {
        this.#server.forceShutdown();
        for (const connections of this.#connections) connections.destroy();
        resolve();
      }, graceMs + flushMsMax);
    });
    await Promise.race([closed, forced]);
    clearTimeout(answerTimer);
    clearTimeout(forceTimer);
  }

  #add({ service, handlers, guards }: ServiceImplementation, host: MethodHost): void {
    const definitions = new Map(
      service.methods.map(({ key, definition }) => [key, guarding(definition, guards[key])]),
    );
    const implementation: UntypedServiceImplementation = {};
    for (const method of service.methods) {
      const handler = handlers[method.key];
      const definition = definitions.get(method.key);
      if (handler === undefined || definition === undefined) continue;
      implementation[method.key] = serveMethod(method, handler, host);
      const limits = { definition, messageBytesMax: this.#messageBytesMax };
      const direct = this.#streamMethodOf(method, handler, limits, host);
      if (direct !== undefined) this.#streamMethods.set(definition.path, direct);
    }
    this.#server.addService(Object.fromEntries(definitions), implementation);
  }

  /** Gives what serves a method without grpc-js; undefined where only that can. */
  #streamMethodOf(
    method: LoadedMethod,
    handler: AnyHandler,
    limits: MessageLimits,
    host: MethodHost,
  ): StreamMethod | undefined {
    if (method.kind === 'unary') {
      const gate = this.#gate?.paths.has(limits.definition.path) === true ? this.#gate : undefined;
      const unary: UnaryMethod = { ...limits, handle: unaryOf(method, handler, host), host, gate };
      return { gate, serve: (stream) => new UnaryStream(stream, unary) };
    }
    if (typeof handler === 'function') return undefined;
    const frames = { ...limits, begin: framesOf(method, handler, host) };
    return { gate: undefined, serve: (stream) => new FrameCall(stream, frames) };
  }
}
