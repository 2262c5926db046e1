import type { Clock } from '../../shared/kernel/clock.ts';
import type { Component } from '../../shared/kernel/component.ts';
import type { DurationMs } from '../../shared/kernel/units.ts';

/** What a loop does. */
export interface SamplingLoopParts {
  readonly name: string;
  readonly clock: Clock;
  /** Pause between two rounds. */
  readonly everyMs: DurationMs;
  readonly models: readonly string[];
  /** Samples one model. What it throws leaves a gap, and each view that is open says why. */
  readonly sample: (model: string, signal: AbortSignal) => Promise<unknown>;
}

/** Samples each model now and then, one after the other, whether or not anybody looks. */
export class SamplingLoop implements Component {
  readonly name: string;
  readonly #parts: SamplingLoopParts;
  readonly #stopped = new AbortController();
  #sampling: Promise<void> = Promise.resolve();

  constructor(parts: SamplingLoopParts) {
    this.name = parts.name;
    this.#parts = parts;
  }

  start(): Promise<void> {
    this.#sampling = this.#run();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#sampling;
  }

  async #run(): Promise<void> {
    const { clock, everyMs, models, sample } = this.#parts;
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      for (const model of models) await sample(model, signal).catch(() => undefined);
      await clock.sleep(everyMs, signal).catch(() => undefined); // the abort ends the loop
    }
  }
}
