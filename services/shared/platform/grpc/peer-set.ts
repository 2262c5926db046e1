import type { Client } from '@grpc/grpc-js';
import type { Clock } from '../../kernel/clock.ts';
import { MeshError } from '../../kernel/mesh-error.ts';
import { durationMs, type MonotonicMs } from '../../kernel/units.ts';
import { type ChannelOptions, isUsable, openChannel } from './channel.ts';

/** What a peer set is made of. */
export interface PeerSetOptions extends ChannelOptions {
  readonly clock: Clock;
}

const pollMsMin = 10; // about what a loopback connection takes
const pollMsMax = 100; // adds little to a restart of seconds

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

  /** Gives the next channel that is connected or may connect; undefined when all have failed. */
  pick(): Client | undefined {
    for (let tried = 0; tried < this.#channels.length; tried += 1) {
      const channel = this.#channels[this.#next];
      this.#next = (this.#next + 1) % this.#channels.length;
      if (channel !== undefined && isUsable(channel)) return channel;
    }
    return undefined;
  }

  /**
   * Gives the next channel, and waits for one until `latest`. It polls: grpc-js's own waiting calls can outlive their
   * deadline in the pick queue (grpc-node#2785).
   * @throws {MeshError} UNAVAILABLE / PEER_UNAVAILABLE when nobody is connected by then.
   */
  async connected(
    { signal }: { readonly signal: AbortSignal },
    latest: MonotonicMs,
  ): Promise<Client> {
    for (let pollMs = pollMsMin; ; pollMs = Math.min(pollMsMax, pollMs * 2)) {
      const channel = this.pick();
      if (channel !== undefined) return channel;
      const leftMs = latest - this.#clock.monotonic();
      if (leftMs <= 0) throw this.#unavailable();
      await this.#clock.sleep(durationMs(Math.min(pollMs, leftMs)), signal);
    }
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
