import type { Client } from '@grpc/grpc-js';
import type { Clock } from '../../kernel/clock.ts';
import { MeshError } from '../../kernel/mesh-error.ts';
import type { MonotonicMs } from '../../kernel/units.ts';
import { type ChannelOptions, isConnected, openChannel, stateChange } from './channel.ts';

/** What a peer set is made of. */
export interface PeerSetOptions extends ChannelOptions {
  readonly clock: Clock;
}

const watchMsMax = 100; // bounds what a missed change of state costs

/** The addresses of one service, asked in turn; those that cannot be reached are left out while others can. */
export class PeerSet {
  readonly #service: string;
  readonly #addresses: readonly string[];
  readonly #channels: readonly Client[];
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
    this.#channels = addresses.map((address) => openChannel(address, options));
    this.#clock = options.clock;
  }

  /** Addresses of the service. */
  get size(): number {
    return this.#channels.length;
  }

  /** Gives the next channel that is connected, other than `except` while another one is; undefined when none is. */
  pick(except?: Client): Client | undefined {
    let last: Client | undefined;
    for (let tried = 0; tried < this.#channels.length; tried += 1) {
      const channel = this.#channels[this.#next];
      this.#next = (this.#next + 1) % this.#channels.length;
      if (channel === undefined || !isConnected(channel)) continue;
      if (channel !== except) return channel;
      last = channel;
    }
    return last;
  }

  /**
   * Gives the next channel that is connected, and waits for one until `latest`. So a call that surely was not sent
   * never fails for want of a connection, and none waits in grpc-js's pick queue, which can outlive its deadline
   * (grpc-node#2785).
   * @throws {MeshError} UNAVAILABLE / PEER_UNAVAILABLE when nobody is connected by then.
   */
  async connected(
    { signal }: { readonly signal: AbortSignal },
    latest: MonotonicMs,
  ): Promise<Client> {
    for (;;) {
      signal.throwIfAborted();
      const channel = this.pick();
      if (channel !== undefined) return channel;
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
    await Promise.race([aborted, ...this.#channels.map((channel) => stateChange(channel, ms))]);
    signal.removeEventListener('abort', onAbort);
  }

  close(): void {
    for (const channel of this.#channels) channel.close();
  }

  #unavailable(): MeshError {
    return new MeshError({
      code: 'UNAVAILABLE',
      reason: 'PEER_UNAVAILABLE',
      message: `${this.#service} cannot be reached at ${this.#addresses.join(', ')}; is it running there?`,
      retry: { kind: 'elsewhere' },
    });
  }
}
