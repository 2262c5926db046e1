import { errorCodes } from './errors.ts';
import { streamIdMax } from './frames.ts';
import type { Outbound } from './outbound.ts';

/** Time for the answer to the ping that goes with it. */
const answerMsMax = 1_000;
const pingPayload = Buffer.from('goodbye!');

/**
 * How a server leaves a connection and loses no call: it says that it goes and names the largest stream there is, since calls are on their way; when a ping has come back they are here,
 * and it names the last of them.
 * @source RFC 9113, 6.8
 */
export class Farewell {
  readonly #outbound: Outbound;
  readonly #lastId: () => number;
  readonly #onSaid: () => void;
  #servedIdMax = streamIdMax;
  #timer: NodeJS.Timeout | undefined;
  #state: 'none' | 'asked' | 'said' = 'none';

  /** @param onSaid is called once no more calls are served than are there */
  constructor(outbound: Outbound, lastId: () => number, onSaid: () => void) {
    this.#outbound = outbound;
    this.#lastId = lastId;
    this.#onSaid = onSaid;
  }

  /** Streams after this one are not served: the peer was told, and asks elsewhere. */
  get servedIdMax(): number {
    return this.#servedIdMax;
  }

  /** Whether nothing more is served than what is there. */
  get isSaid(): boolean {
    return this.#state === 'said';
  }

  /** Begins it, once. */
  begin(): void {
    if (this.#state !== 'none') return;
    this.#state = 'asked';
    this.#outbound.goAway(streamIdMax, errorCodes.noError, '');
    this.#outbound.ping(pingPayload, false);
    this.#timer = setTimeout(() => this.#say(), answerMsMax).unref();
  }

  /** Takes the answer to a ping. */
  onAnswer(payload: Buffer): void {
    if (pingPayload.equals(payload)) this.#say();
  }

  /** Waits for nothing more. */
  close(): void {
    clearTimeout(this.#timer);
  }

  #say(): void {
    if (this.#state !== 'asked') return;
    clearTimeout(this.#timer);
    this.#state = 'said';
    this.#servedIdMax = this.#lastId();
    this.#outbound.goAway(this.#servedIdMax, errorCodes.noError, '');
    this.#onSaid();
  }
}
