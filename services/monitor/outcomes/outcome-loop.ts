import type { Component } from '../../shared/kernel/component.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { LiftDesk } from './lift-desk.ts';
import type { ModelFacts } from './model-facts.ts';
import type { LiftReport } from './read-lift.ts';
import { type QualityBlocks, readQualityBlocks } from './read-quality-blocks.ts';
import type { LogParts } from './scan-log.ts';

/** What a loop is made of. */
export interface OutcomeLoopParts extends LogParts {
  readonly facts: ReadonlyMap<string, ModelFacts>;
  /** Takes the looks, and keeps them for whoever asks. */
  readonly lifts: Pick<LiftDesk, 'look'>;
  /** Outcomes of a model so far. */
  readonly outcomesOf: (model: string) => number;
  /** Version of a model that serves callers; undefined while that is not known. */
  readonly servingVersion: (model: string) => number | undefined;
  readonly onError: (error: unknown) => void;
}

// 5 s: one may look as often as one likes, where outcomes have come.
const everyMs = 5_000;
// 1 in 20: a look reads the log, some seconds of it at worst, on the thread that takes predictions in.
const busyShareMax = 0.05;

/** Judges whenever outcomes have come how good the answers of each model's version were, and what it brought against control where there is such a cohort. */
export class OutcomeLoop implements Component {
  readonly name = 'outcome-loop';
  readonly #parts: OutcomeLoopParts;
  readonly #leaving = new AbortController();
  readonly #reports = new Map<string, LiftReport>();
  readonly #qualities = new Map<string, QualityBlocks>();
  readonly #looked = new Map<string, string>();
  #running: Promise<void> = Promise.resolve();

  constructor(parts: OutcomeLoopParts) {
    this.#parts = parts;
  }

  /** The newest comparison of each model. */
  latest(): ReadonlyMap<string, LiftReport> {
    return this.#reports;
  }

  /** How good the newest answers of each model's version in production were. */
  qualities(): ReadonlyMap<string, QualityBlocks> {
    return this.#qualities;
  }

  start(): Promise<void> {
    this.#running = this.#run();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#leaving.abort(new Error('the outcome loop stops'));
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
    const { facts, lifts, outcomesOf, servingVersion } = this.#parts;
    for (const [model, known] of facts) {
      const outcomes = outcomesOf(model);
      // Nothing follows from a log of answers alone, and it is read to its end to find none.
      if (outcomes === 0) continue;
      const version = servingVersion(model);
      const state = `${outcomes} ${version}`;
      if (state === this.#looked.get(model)) continue;
      if (known.controlShare > 0) {
        this.#reports.set(model, await lifts.look(known, signal));
      }
      if (version !== undefined) {
        const blocks = await readQualityBlocks(this.#parts, known, version, signal);
        this.#qualities.set(model, blocks);
      }
      this.#looked.set(model, state);
    }
  }
}
