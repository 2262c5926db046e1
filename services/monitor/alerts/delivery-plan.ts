import { BoundedFifo } from '../../shared/policy/bounded-fifo.ts';
import { alertmanagerMessage, type MessageStyle, webhookMessage } from '../core/alert-message.ts';
import type { AlertRecord } from '../core/alert-record.ts';

/** What a receiver is sent next. A message stays the next one until it was taken or given up. */
export interface DeliveryPlan {
  /** Takes news; false where there is no room for it. */
  add(alert: AlertRecord): boolean;
  /** Gives the message to send; undefined where there is none. */
  next(nowMs: number): unknown;
  /** Says that it was taken. */
  taken(nowMs: number): void;
  /** Says that it was not, and is not tried again. */
  givenUp(nowMs: number): void;
  /** Ms until there may be a message without news. */
  idleMs(nowMs: number): number;
}

const waitingMax = 1_000;
const longMs = 3_600_000;

/** Sends each piece of news in a message of its own, in order. */
export class WebhookPlan implements DeliveryPlan {
  readonly #style: MessageStyle;
  readonly #waiting = new BoundedFifo<AlertRecord>(waitingMax);

  constructor(style: MessageStyle) {
    this.#style = style;
  }

  add(alert: AlertRecord): boolean {
    return this.#waiting.push(alert);
  }

  next(): unknown {
    const alert = this.#waiting.peek();
    return alert && webhookMessage(alert, this.#style);
  }

  taken(): void {
    this.#waiting.shift();
  }

  givenUp(): void {
    this.#waiting.shift();
  }

  idleMs(): number {
    return longMs;
  }
}

const againMs = 60_000; // what Prometheus does
const endsMs = 4 * againMs; // one that was missed does not end an alert

/** Sends all that fires, again and again, as Alertmanager wants it: it takes an alert that it hears nothing more of for over. */
export class AlertmanagerPlan implements DeliveryPlan {
  readonly #style: MessageStyle;
  readonly #firing: () => readonly AlertRecord[];
  /** Those that are over and not told yet, by number. */
  readonly #over = new Map<number, AlertRecord>();
  #sent: readonly number[] = [];
  #dueMs = 0;

  /** @param firing gives the alerts that fire and are not silenced */
  constructor(style: MessageStyle, firing: () => readonly AlertRecord[]) {
    this.#style = style;
    this.#firing = firing;
  }

  add(alert: AlertRecord): boolean {
    this.#dueMs = 0;
    if (alert.state !== 'RESOLVED') return true;
    if (this.#over.size >= waitingMax) return false;
    this.#over.set(alert.number, alert);
    return true;
  }

  next(nowMs: number): unknown {
    if (nowMs < this.#dueMs) return undefined;
    const alerts = [...this.#firing(), ...this.#over.values()];
    if (alerts.length === 0) {
      this.#dueMs = nowMs + againMs;
      return undefined;
    }
    this.#sent = [...this.#over.keys()];
    // What comes while this is under way is due again.
    this.#dueMs = nowMs + againMs;
    return alerts.map((alert) => alertmanagerMessage(alert, this.#style, nowMs + endsMs));
  }

  taken(): void {
    for (const number of this.#sent) this.#over.delete(number);
  }

  givenUp(): void {
    this.taken();
  }

  idleMs(nowMs: number): number {
    return this.#dueMs - nowMs;
  }
}
