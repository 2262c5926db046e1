import type { Clock } from '../../shared/kernel/clock.ts';
import type { Component } from '../../shared/kernel/component.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { AlertCenter } from './alert-center.ts';

const everyMs = durationMs(1_000);

/** Has the alerts looked for once a second. */
export class AlertLoop implements Component {
  readonly name = 'alert-loop';
  readonly #center: AlertCenter;
  readonly #clock: Clock;
  readonly #leaving = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(center: AlertCenter, clock: Clock) {
    this.#center = center;
    this.#clock = clock;
  }

  start(): Promise<void> {
    this.#center.restore();
    this.#running = this.#run();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#leaving.abort(new Error('the alert loop stops'));
    await this.#running;
    await this.#center.settled();
  }

  async #run(): Promise<void> {
    const { signal } = this.#leaving;
    while (!signal.aborted) {
      this.#center.evaluate();
      await this.#clock.sleep(everyMs, signal).catch(() => undefined);
    }
  }
}
