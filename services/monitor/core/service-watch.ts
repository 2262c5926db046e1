import type { AlertSource, FiringAlert } from './alert-source.ts';

/**
 * Watches whether services are still heard of: each sends its metrics every 2 s. It goes by the name of the service, so one of several replicas
 * may be silent unseen.
 */
export class ServiceWatch implements AlertSource {
  readonly #silentMsMax: number;
  readonly #heardMs = new Map<string, number>();

  /** @param silentMsMax a service that was not heard of for longer is down */
  constructor(silentMsMax: number) {
    this.#silentMsMax = silentMsMax;
  }

  /** Takes a sign of life. */
  heard(service: string, atMs: number): void {
    this.#heardMs.set(service, atMs);
  }

  /** Gives an alert for each service that was heard of once and is silent now. */
  firing(nowMs: number): readonly FiringAlert[] {
    return [...this.#heardMs]
      .filter(([, heardMs]) => nowMs - heardMs > this.#silentMsMax)
      .map(([service, heardMs]) => ({
        rule: 'service-silent',
        model: '',
        subject: service,
        severity: 'PAGE',
        message: `service ${service} sent no telemetry for ${Math.round((nowMs - heardMs) / 1_000)} s; it is down or cut off: see \`mlmesh status\` and its log`,
        evidence: { heardMs, silentMs: nowMs - heardMs, silentMsMax: this.#silentMsMax },
      }));
  }
}
