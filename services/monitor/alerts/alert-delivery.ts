import type { Clock } from '../../shared/kernel/clock.ts';
import type { Component } from '../../shared/kernel/component.ts';
import type { Logger } from '../../shared/kernel/logger.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { monitorMetrics } from '../../shared/kernel/metric-catalogue.ts';
import type { BoundCounter, MetricSink } from '../../shared/kernel/metric-sink.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { AlertChange, AlertRecord } from '../core/alert-record.ts';
import type { DeliveryPlan } from './delivery-plan.ts';

/** Sends one message; as {@link AlertDeliveryParts.post} throws. */
type Post = (url: string, body: unknown, signal: AbortSignal) => Promise<void>;

/** What a delivery is made with. */
export interface AlertDeliveryParts {
  readonly url: string;
  readonly plan: DeliveryPlan;
  /** Sends one message. @throws {MeshError} UNAVAILABLE where it may do later; anything else where it never will */
  readonly post: Post;
  readonly clock: Clock;
  readonly metrics: MetricSink;
  readonly log: Pick<Logger, 'warn'>;
}

const attemptsMax = 10; // with the delays below, some 4 minutes
const delayMsStart = 500;
const delayMsMax = 60_000;

/** Delivers alerts to one receiver: in order, each until it was taken, was refused, or was tried often enough. What is lost is counted. */
export class AlertDelivery implements Component {
  readonly name = 'alert-delivery';
  readonly #parts: AlertDeliveryParts;
  readonly #leaving = new AbortController();
  readonly #delivered: BoundCounter;
  readonly #lost: BoundCounter;
  #wake = () => {};
  #running: Promise<void> = Promise.resolve();

  constructor(parts: AlertDeliveryParts) {
    this.#parts = parts;
    const messages = parts.metrics.counter(monitorMetrics.alertMessages);
    this.#delivered = messages.bind({ outcome: 'delivered' });
    this.#lost = messages.bind({ outcome: 'lost' });
  }

  /** Takes what changed; what concerns the receiver is on its way. */
  offer(changes: readonly AlertChange[]): void {
    for (const { alert, before } of changes) {
      if (!isNews(alert, before)) continue;
      if (!this.#parts.plan.add(alert)) this.#lost.add(1);
    }
    this.#wake();
  }

  start(): Promise<void> {
    this.#running = this.#run();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#leaving.abort(new Error('the delivery of alerts stops'));
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#leaving;
    while (!signal.aborted) {
      const body = this.#parts.plan.next(this.#parts.clock.epoch());
      if (body === undefined) await this.#idle(signal);
      else await this.#deliver(body, signal);
    }
  }

  async #deliver(body: unknown, signal: AbortSignal): Promise<void> {
    const { url, plan, post, clock, log } = this.#parts;
    for (let attempts = 1; !signal.aborted; attempts += 1) {
      try {
        await post(url, body, signal);
        this.#delivered.add(1);
        plan.taken(clock.epoch());
        return;
      } catch (error) {
        if (signal.aborted) return;
        const isLater = error instanceof MeshError && error.code === 'UNAVAILABLE';
        log.warn('alert-not-delivered', { attempts }, error);
        if (!isLater || attempts === attemptsMax) {
          this.#lost.add(1);
          plan.givenUp(clock.epoch());
          return;
        }
      }
      const delayMs = Math.min(delayMsMax, delayMsStart * 2 ** (attempts - 1));
      await clock.sleep(durationMs(delayMs), signal).catch(() => undefined);
    }
  }

  /** Waits for news, or for the time of what is sent again and again. */
  async #idle(signal: AbortSignal): Promise<void> {
    const { plan, clock } = this.#parts;
    const waking = new AbortController();
    const any = AbortSignal.any([signal, waking.signal]);
    this.#wake = () => waking.abort();
    const sleepMs = durationMs(Math.max(1, plan.idleMs(clock.epoch())));
    await clock.sleep(sleepMs, any).catch(() => undefined);
    this.#wake = () => {};
  }
}

/** An alert begins to be told when it fires unsilenced; who was told is told the end, too. */
function isNews(alert: AlertRecord, before: AlertChange['before']): boolean {
  if (alert.state === 'FIRING') return before !== 'FIRING';
  return alert.state === 'RESOLVED' && alert.isTold;
}
