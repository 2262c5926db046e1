import type { Clock } from '../../shared/kernel/clock.ts';

/** What was asked, and when; one that is under way serves all that ask meanwhile. */
interface Memory<T> {
  readonly atMs: number;
  readonly answer: Promise<T>;
}

/** Keys that are remembered: those of the models and versions that somebody looks at. */
const keysMax = 256;

/** Answers that are dear to whoever gives them, each asked for once in a while however many pages show it. */
export class Remembered<T> {
  readonly #clock: Clock;
  readonly #keptMs: number;
  readonly #memories = new Map<string, Memory<T>>();

  constructor(clock: Clock, keptMs: number) {
    this.#clock = clock;
    this.#keptMs = keptMs;
  }

  /** Gives the answer of up to a while ago, else asks. One that fails is not remembered. */
  get(key: string, ask: () => Promise<T>): Promise<T> {
    const nowMs = this.#clock.monotonic();
    const known = this.#memories.get(key);
    if (known !== undefined && nowMs - known.atMs < this.#keptMs) return known.answer;
    const memory = { atMs: nowMs, answer: ask() };
    memory.answer.catch(() => {
      if (this.#memories.get(key) === memory) this.#memories.delete(key);
    });
    this.#memories.delete(key);
    this.#memories.set(key, memory);
    const [oldest] = this.#memories.keys();
    if (this.#memories.size > keysMax && oldest !== undefined) this.#memories.delete(oldest);
    return memory.answer;
  }
}
