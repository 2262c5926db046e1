import type { Clock } from '../../shared/kernel/clock.ts';
import { durationMs } from '../../shared/kernel/units.ts';

/** What was asked, and when; one that is under way serves all that ask meanwhile. */
interface Memory<T> {
  readonly atMs: number;
  readonly answer: Promise<T>;
  /** The answer before it, which stands in for it while it is under way. */
  readonly before: T | undefined;
}

/** Keys that are remembered: those of the models and versions that somebody looks at. */
const keysMax = 256;
/** A page is not kept waiting for longer. */
const soonMs = durationMs(300);

/** Answers that are dear to whoever gives them, each asked for once in a while however many pages show it. */
export class Remembered<T> {
  readonly #clock: Clock;
  readonly #keptMs: number;
  readonly #memories = new Map<string, Memory<T>>();
  /** The last answer of each key that was given. */
  readonly #last = new Map<string, T>();

  constructor(clock: Clock, keptMs: number) {
    this.#clock = clock;
    this.#keptMs = keptMs;
  }

  /** Gives the answer of up to a while ago, else asks. One that fails is not remembered. */
  get(key: string, ask: () => Promise<T>): Promise<T> {
    return this.#memoryOf(key, ask).answer;
  }

  /** Gives the same where it is there soon; otherwise the answer before it, undefined where there is none. Whoever asks again later gets the new one. */
  async soon(key: string, ask: () => Promise<T>): Promise<T | undefined> {
    const { answer, before } = this.#memoryOf(key, ask);
    const waited = new AbortController();
    const late = this.#clock.sleep(soonMs, waited.signal).then(
      () => before,
      () => before,
    );
    try {
      return await Promise.race([answer, late]);
    } finally {
      waited.abort();
    }
  }

  #memoryOf(key: string, ask: () => Promise<T>): Memory<T> {
    const nowMs = this.#clock.monotonic();
    const known = this.#memories.get(key);
    if (known !== undefined && nowMs - known.atMs < this.#keptMs) return known;
    const memory = { atMs: nowMs, answer: ask(), before: this.#last.get(key) };
    memory.answer.then(
      (answer) => {
        if (this.#memories.has(key)) this.#last.set(key, answer);
      },
      () => {
        if (this.#memories.get(key) === memory) this.#memories.delete(key);
      },
    );
    this.#memories.delete(key);
    this.#memories.set(key, memory);
    const [oldest] = this.#memories.keys();
    if (this.#memories.size > keysMax && oldest !== undefined) {
      this.#memories.delete(oldest);
      this.#last.delete(oldest);
    }
    return memory;
  }
}
