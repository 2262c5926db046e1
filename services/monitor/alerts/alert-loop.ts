import type { Clock } from '../../shared/kernel/clock.ts';
import type { Component } from '../../shared/kernel/component.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { AlertBook } from '../core/alert-book.ts';
import type { AlertSource } from '../core/alert-source.ts';

/** Who is asked, and who remembers. */
export interface AlertLoopParts {
  readonly book: AlertBook;
  readonly clock: Clock;
  /** Each says which of its alerts fire. */
  readonly sources: readonly AlertSource[];
}

const everyMs = durationMs(1_000);

/** Asks all sources of alerts once a second. */
export class AlertLoop implements Component {
  readonly name = 'alert-loop';
  readonly #parts: AlertLoopParts;
  readonly #leaving = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(parts: AlertLoopParts) {
    this.#parts = parts;
  }

  start(): Promise<void> {
    this.#running = this.#run();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#leaving.abort(new Error('the alert loop stops'));
    await this.#running;
  }

  /** Asks the sources now. */
  evaluate(): void {
    const { book, clock, sources } = this.#parts;
    const nowMs = clock.epoch();
    book.update(
      sources.flatMap((source) => source.firing(nowMs)),
      nowMs,
    );
  }

  async #run(): Promise<void> {
    const { signal } = this.#leaving;
    while (!signal.aborted) {
      this.evaluate();
      await this.#parts.clock.sleep(everyMs, signal).catch(() => undefined);
    }
  }
}
