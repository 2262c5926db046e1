/*
 * How to call:
 *
 *     const router = connectService('mlmesh.router.v1.RouterService', ['127.0.0.1:5001'], { clock: systemClock });
 *     const answer = await router.predict({ model: 'flight-delay', entities }, { timeoutMs: durationMs(50) });
 *     for await (const change of registry.watch({ model }, { signal })) ...      // server-stream
 *     await registry.registerVersion(chunks(), { timeoutMs: durationMs(60_000) });  // client-stream, with back-pressure
 *     router.close();
 *
 * Every unary and client-stream call has a deadline: its own, or the client's `timeoutMs`. Server-streams and bidi calls
 * without one last until the signal or the peer ends them. Errors are MeshErrors, as the server threw them. While nobody
 * is connected, calls wait for a connection within their deadline (`connectMsMax` at most); UNAVAILABLE is tried again,
 * on another address first, where the proto says that the method is idempotent, and a server that has too much to do
 * (OVERLOADED) is not asked again, but another one is, once each. Over several addresses, one that fails or hangs is left out for a time, and
 * where a method is idempotent another address is asked as well when half of the time is over.
 */
import { setMaxListeners } from 'node:events';
import type { Client } from '@grpc/grpc-js';
import type { Clock, Random } from '../../kernel/clock.ts';
import { MeshError } from '../../kernel/mesh-error.ts';
import { type DurationMs, durationMs, type MonotonicMs, monotonicMs } from '../../kernel/units.ts';
import { earlier } from '../../policy/deadline.ts';
import { retryDelayMs } from '../../policy/retry.ts';
import { createRetryBudget, type RetryBudget } from '../../policy/retry-budget.ts';
import { askPeer } from './ask-peer.ts';
import {
  callBidi,
  callClientStream,
  callServerStream,
  neverAborts,
  type OutgoingCall,
} from './client-calls.ts';
import { type LoadedMethod, loadService } from './load-proto.ts';
import { type Peer, PeerSet } from './peer-set.ts';
import { deadlinePassed } from './server-call.ts';
import type { CallOptions, Calls, ServiceName } from './service-types.ts';
import type { ClientTls } from './tls/secure-options.ts';

/** What a client is made of. */
export interface ClientOptions {
  readonly clock: Clock;
  /** Chance of the backoff's jitter; Math.random when it is left out. */
  readonly random?: Random;
  /** Duration of a call that names none. Default 5 s. */
  readonly timeoutMs?: DurationMs;
  /** Longest wait for a connection while nobody is connected. Default 5 s: a service restarts within 3. */
  readonly connectMsMax?: DurationMs;
  /** Tries of one call, the first included. Default 4. */
  readonly attemptsMax?: number;
  /** Shared by all that talk to one service; the client's own when it is left out. */
  readonly retryBudget?: RetryBudget;
  /** Largest message that is taken or sent. Default 4 MiB. */
  readonly messageBytesMax?: number;
  /** Plain text without it. */
  readonly tls?: ClientTls | undefined;
}

/** The methods of a service, and its end. */
export type ServiceClient<N extends ServiceName> = Calls<N> & {
  /** Closes the connections; calls under way fail with CANCELLED. */
  close(): void;
};

const timeoutMsDefault = durationMs(5_000);
const attemptsMaxDefault = 4;
const messageBytesDefault = 4 * 1024 * 1024; // grpc's own default
// 0.2: a fifth more traffic is what a service must bear; 20 so that a quiet client can retry at all.
const retryBudgetDefault = { retriesPerCall: 0.2, retriesMax: 20 };

/**
 * Gives typed calls to a service that runs at one or more addresses; connects with the first call.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG when an address is malformed or none is given.
 */
export function connectService<N extends ServiceName>(
  name: N,
  addresses: readonly string[],
  options: ClientOptions,
): ServiceClient<N> {
  const client = new GrpcClient(name, addresses, options);
  const calls: Record<string, unknown> = { close: () => client.close() };
  for (const method of loadService(name).methods) calls[method.key] = client.callerOf(method);
  return calls as ServiceClient<N>; // the proto of `name` is what both sides are generated from
}

class GrpcClient {
  readonly #peers: PeerSet;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #timeoutMs: DurationMs;
  readonly #connectMsMax: DurationMs;
  readonly #attemptsMax: number;
  readonly #retryBudget: RetryBudget;

  constructor(name: string, addresses: readonly string[], options: ClientOptions) {
    this.#clock = options.clock;
    this.#random = options.random ?? { next: () => Math.random() };
    this.#timeoutMs = options.timeoutMs ?? timeoutMsDefault;
    this.#connectMsMax = options.connectMsMax ?? timeoutMsDefault;
    this.#attemptsMax = options.attemptsMax ?? attemptsMaxDefault;
    this.#retryBudget = options.retryBudget ?? createRetryBudget(retryBudgetDefault);
    this.#peers = new PeerSet(name, addresses, {
      clock: options.clock,
      tls: options.tls,
      messageBytesMax: options.messageBytesMax ?? messageBytesDefault,
    });
  }

  close(): void {
    this.#peers.close();
  }

  /** Gives the function behind one key of the typed client. */
  callerOf(method: LoadedMethod): unknown {
    switch (method.kind) {
      case 'unary':
        return (request: object, options: CallOptions = {}) =>
          this.#unary(method, request, options);
      case 'client-stream':
        return async (requests: AsyncIterable<object>, options: CallOptions = {}) => {
          const call = this.#callOf(method, options, this.#timeoutMs);
          return callClientStream((await this.#connected(call)).channel, call, requests);
        };
      case 'server-stream':
        return (request: object, options: CallOptions = {}) =>
          this.#streamed(method, options, (peer, call) => callServerStream(peer, call, request));
      case 'bidi':
        return (requests: AsyncIterable<object>, options: CallOptions = {}) =>
          this.#streamed(method, options, (peer, call) => callBidi(peer, call, requests));
    }
  }

  async #unary(method: LoadedMethod, request: object, options: CallOptions): Promise<object> {
    const call = this.#callOf(method, options, this.#timeoutMs);
    this.#retryBudget.deposit();
    let last: Peer | undefined;
    for (let attempts = 1; ; attempts += 1) {
      const peer = this.#peers.pick(last) ?? (await this.#connected(call));
      last = peer;
      try {
        return await askPeer(
          { peers: this.#peers, budget: this.#retryBudget },
          peer,
          call,
          request,
        );
      } catch (thrown) {
        if (!(thrown instanceof MeshError)) throw thrown; // the reason of the caller's own signal
        const delayMs = this.#retryDelayMs(thrown, attempts, call);
        if (delayMs === undefined) throw thrown;
        await this.#clock.sleep(durationMs(delayMs), call.signal);
      }
    }
  }

  async *#streamed(
    method: LoadedMethod,
    options: CallOptions,
    open: (peer: Client, call: OutgoingCall) => AsyncIterable<object>,
  ): AsyncGenerator<object, void, undefined> {
    const call = this.#callOf(method, options, undefined);
    yield* open((await this.#connected(call)).channel, call);
  }

  #connected(call: OutgoingCall): Promise<Peer> {
    const latest = monotonicMs(this.#clock.monotonic() + this.#connectMsMax);
    return this.#peers.connected(call, earlier(call.deadline, latest));
  }

  #retryDelayMs(error: MeshError, attempts: number, call: OutgoingCall): number | undefined {
    const delayMs = retryDelayMs({
      error,
      attempts,
      attemptsMax: this.#attemptsMax,
      replicas: this.#peers.size,
      isIdempotent: call.method.isIdempotent,
      remainingMs: call.deadline - this.#clock.monotonic(),
      chance: this.#random.next(),
    });
    return delayMs !== undefined && this.#retryBudget.withdraw() ? delayMs : undefined;
  }

  #callOf(
    method: LoadedMethod,
    options: CallOptions,
    timeoutMs: DurationMs | undefined,
  ): OutgoingCall {
    const { signal = neverAborts } = options;
    signal.throwIfAborted();
    setMaxListeners(0, signal); // one for each call under way, and each is removed
    const now = this.#clock.monotonic();
    const deadline = deadlineOf(options, now, timeoutMs);
    if (deadline <= now) throw deadlinePassed(method.method);
    return {
      method,
      deadline,
      signal,
      trace: options.trace,
      isUrgent: options.isUrgent === true,
      clock: this.#clock,
    };
  }
}

function deadlineOf(
  { deadline, timeoutMs }: CallOptions,
  now: MonotonicMs,
  timeoutDefault: DurationMs | undefined,
): MonotonicMs {
  const endless = monotonicMs(Number.POSITIVE_INFINITY);
  const byTimeout = timeoutMs === undefined ? endless : monotonicMs(now + timeoutMs);
  if (deadline !== undefined) return earlier(deadline, byTimeout);
  if (timeoutMs !== undefined || timeoutDefault === undefined) return byTimeout;
  return monotonicMs(now + timeoutDefault);
}
