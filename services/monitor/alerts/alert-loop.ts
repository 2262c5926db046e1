import type { Clock } from '../../shared/kernel/clock.ts';
import type { Component } from '../../shared/kernel/component.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { AlertBook } from '../core/alert-book.ts';
import { type AlertInputs, firingAlerts } from '../core/alert-rules.ts';
import type { ServiceWatch } from '../core/service-watch.ts';

/** What the rules are asked about. */
export interface AlertLoopParts {
  readonly book: AlertBook;
  readonly watch: ServiceWatch;
  readonly clock: Clock;
  /** Inputs of each model, as they are now. */
  readonly inputs: () => readonly AlertInputs[];
}

const everyMs = durationMs(1_000);

/** Asks the alert rules once a second. */
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

  /** Asks the rules now. */
  evaluate(): void {
    const { book, watch, clock, inputs } = this.#parts;
    const nowMs = clock.epoch();
    book.update([...inputs().flatMap(firingAlerts), ...watch.firing(nowMs)], nowMs);
  }

  async #run(): Promise<void> {
    const { signal } = this.#leaving;
    while (!signal.aborted) {
      this.evaluate();
      await this.#parts.clock.sleep(everyMs, signal).catch(() => undefined);
    }
  }
}
