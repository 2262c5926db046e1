/** When a peer is asked, and how long it may take to answer. In milliseconds. */
export interface KeepaliveTimes {
  readonly everyMs: number;
  readonly answerMsMax: number;
}

const payload = Buffer.from('alive?!?');

/**
 * Asks a peer now and then whether it is there: one whose machine is gone says nothing, and neither does its system.
 * @source RFC 9113, 6.7
 */
export class Keepalive {
  readonly #answerMsMax: number;
  readonly #ping: (payload: Uint8Array) => void;
  readonly #onSilence: () => void;
  readonly #timer: NodeJS.Timeout;
  #silence: NodeJS.Timeout | undefined;

  constructor(
    { everyMs, answerMsMax }: KeepaliveTimes,
    ping: (payload: Uint8Array) => void,
    onSilence: () => void,
  ) {
    this.#answerMsMax = answerMsMax;
    this.#ping = ping;
    this.#onSilence = onSilence;
    this.#timer = setInterval(() => this.#ask(), everyMs).unref();
  }

  /** Takes the answer to a ping. */
  onAnswer(answer: Buffer): void {
    if (!payload.equals(answer)) return;
    clearTimeout(this.#silence);
    this.#silence = undefined;
  }

  /** Asks no more. */
  close(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#silence);
  }

  #ask(): void {
    if (this.#silence !== undefined) return;
    this.#ping(payload);
    this.#silence = setTimeout(this.#onSilence, this.#answerMsMax).unref();
  }
}
