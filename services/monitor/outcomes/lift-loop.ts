import type { Component } from '../../shared/kernel/component.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { ModelFacts } from './model-facts.ts';
import { type LiftReport, readLift } from './read-lift.ts';
import type { LogParts } from './scan-log.ts';

/** What a loop is made of. */
export interface LiftLoopParts extends LogParts {
  readonly facts: ReadonlyMap<string, ModelFacts>;
  /** Outcomes of a model so far. */
  readonly outcomesOf: (model: string) => number;
  readonly onError: (error: unknown) => void;
}

// 5 s: one may look as often as one likes, where outcomes have come.
const everyMs = 5_000;
// 1 in 20: a look reads the log, some seconds of it at worst, on the thread that takes predictions in.
const busyShareMax = 0.05;

/** Compares what versions bring with control, whenever outcomes have come, for those models that have a control cohort. */
export class LiftLoop implements Component {
  readonly name = 'lift-loop';
  readonly #parts: LiftLoopParts;
  readonly #leaving = new AbortController();
  readonly #reports = new Map<string, LiftReport>();
  readonly #looked = new Map<string, number>();
  #running: Promise<void> = Promise.resolve();

  constructor(parts: LiftLoopParts) {
    this.#parts = parts;
  }

  /** The newest comparison of each model. */
  latest(): ReadonlyMap<string, LiftReport> {
    return this.#reports;
  }

  start(): Promise<void> {
    this.#running = this.#run();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#leaving.abort(new Error('the lift loop stops'));
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#leaving;
    const { clock, onError } = this.#parts;
    while (!signal.aborted) {
      const startedAt = clock.monotonic();
      await this.#look(signal).catch((error: unknown) => {
        if (!signal.aborted) onError(error);
      });
      const pauseMs = (clock.monotonic() - startedAt) * (1 / busyShareMax - 1);
      await clock.sleep(durationMs(Math.max(everyMs, pauseMs)), signal).catch(() => undefined);
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { facts, outcomesOf } = this.#parts;
    for (const [model, known] of facts) {
      const outcomes = outcomesOf(model);
      if (known.controlShare === 0 || outcomes === this.#looked.get(model)) continue;
      this.#reports.set(model, await readLift(this.#parts, known, 0, signal));
      this.#looked.set(model, outcomes);
    }
  }
}
