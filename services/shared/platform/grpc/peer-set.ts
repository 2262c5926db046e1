import type { Client } from '@grpc/grpc-js';
import type { Clock } from '../../kernel/clock.ts';
import { MeshError } from '../../kernel/mesh-error.ts';
import type { MonotonicMs } from '../../kernel/units.ts';
import { OutlierDetector, outlierPolicyDefault } from '../../policy/outlier-detector.ts';
import { type ChannelOptions, isConnected, openChannel, stateChange } from './channel.ts';

/** What a peer set is made of. */
export interface PeerSetOptions extends ChannelOptions {
  readonly clock: Clock;
}

/** One address of a service. */
export interface Peer {
  readonly index: number;
  readonly channel: Client;
}

/**
 * Calls of all methods and sizes share a set, so how long they take does not compare; and they are fewer than rows of a stream, so fewer say that
 * a peer is not well.
 */
const outlierPolicy = {
  ...outlierPolicyDefault,
  slowdownMin: Number.POSITIVE_INFINITY,
  windowMs: 2_000,
  answersMin: 3,
};
const watchMsMax = 100; // bounds what a missed change of state costs

/**
 * The addresses of one service, asked in turn; those that cannot be reached, or fail where the others don't (OutlierDetector), are left out while
 * there are others.
 */
export class PeerSet {
  readonly #service: string;
  readonly #addresses: readonly string[];
  readonly #peers: readonly Peer[];
  readonly #outliers: OutlierDetector;
  readonly #isPlain: boolean;
  /** Why each server was not trusted, by address. */
  readonly #refusals = new Map<string, string>();
  readonly #clock: Clock;
  #next = 0;

  /** @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG when an address is malformed or none is given. */
  constructor(service: string, addresses: readonly string[], options: PeerSetOptions) {
    if (addresses.length === 0) {
      throw new MeshError({
        code: 'INVALID_ARGUMENT',
        reason: 'INVALID_CONFIG',
        message: `wanted at least one address of ${service}, got none`,
      });
    }
    this.#service = service;
    this.#addresses = addresses;
    this.#peers = addresses.map((address, index) => ({
      index,
      channel: openChannel(address, {
        ...options,
        onRefused: (why) => this.#noteRefusal(address, why),
      }),
    }));
    this.#outliers = new OutlierDetector(addresses.length, outlierPolicy);
    this.#clock = options.clock;
    this.#isPlain = options.tls === undefined;
  }

  /** Addresses of the service. */
  get size(): number {
    return this.#peers.length;
  }

  /**
   * Gives the next peer that is connected, other than `except` while another one is; undefined when none is. One that is left out is better than none.
   */
  pick(except?: Peer): Peer | undefined {
    const now = this.#clock.monotonic();
    let ejected: Peer | undefined;
    let last: Peer | undefined;
    for (let tried = 0; tried < this.#peers.length; tried += 1) {
      const peer = this.#peers[this.#next];
      this.#next = (this.#next + 1) % this.#peers.length;
      if (peer === undefined || !isConnected(peer.channel)) continue;
      if (peer === except) last = peer;
      else if (this.#outliers.isEjected(peer.index, now)) ejected ??= peer;
      else return peer;
    }
    return ejected ?? last;
  }

  /** Notes that a peer answered, if only that it was asked for something wrong. */
  answered({ index }: Peer): void {
    this.#outliers.answered(index, 0, this.#clock.monotonic());
  }

  /** Notes that a peer was not there, or did not answer in time. */
  failed({ index }: Peer): void {
    this.#outliers.failed(index, this.#clock.monotonic());
  }

  /**
   * Gives the next peer that is connected, and waits for one until `latest`. So a call that surely was not sent
   * never fails for want of a connection, and none waits in grpc-js's pick queue, which can outlive its deadline
   * (grpc-node#2785).
   * @throws {MeshError} UNAVAILABLE / PEER_UNAVAILABLE when nobody is connected by then.
   */
  async connected(
    { signal }: { readonly signal: AbortSignal },
    latest: MonotonicMs,
  ): Promise<Peer> {
    for (;;) {
      signal.throwIfAborted();
      const peer = this.pick();
      if (peer !== undefined) return peer;
      const leftMs = latest - this.#clock.monotonic();
      if (leftMs <= 0) throw this.#unavailable();
      await this.#anyChange(Math.min(watchMsMax, leftMs), signal);
    }
  }

  async #anyChange(ms: number, signal: AbortSignal): Promise<void> {
    let onAbort = () => {};
    const aborted = new Promise<void>((resolve) => {
      onAbort = resolve;
    });
    signal.addEventListener('abort', onAbort);
    await Promise.race([aborted, ...this.#peers.map(({ channel }) => stateChange(channel, ms))]);
    signal.removeEventListener('abort', onAbort);
  }

  close(): void {
    for (const { channel } of this.#peers) channel.close();
  }

  #noteRefusal(address: string, why: string | undefined): void {
    if (why === undefined) this.#refusals.delete(address);
    else this.#refusals.set(address, why);
  }

  #unavailable(): MeshError {
    const where = this.#addresses.join(', ');
    const [refusal] = this.#refusals.values();
    if (refusal !== undefined) {
      return new MeshError({
        code: 'UNAVAILABLE',
        reason: 'PEER_UNTRUSTED',
        message: `${this.#service} at ${where} can't be trusted or refuses the connection: ${refusal}; is its certificate, or yours, of another authority, for another name, or expired?`,
        retry: { kind: 'elsewhere' },
      });
    }
    return new MeshError({
      code: 'UNAVAILABLE',
      reason: 'PEER_UNAVAILABLE',
      message: `${this.#service} cannot be reached at ${where}; is it running there${this.#isPlain ? ', without TLS' : ', with TLS'}?`,
      retry: { kind: 'elsewhere' },
    });
  }
}
