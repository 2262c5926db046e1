import { numberAt } from './alert-rule.ts';
import type { AlertSource, FiringAlert } from './alert-source.ts';
import { serviceRule } from './service-rule.ts';

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

  /** A service that was silent before a restart of the monitor still is, until it is heard of. */
  resume(alerts: readonly FiringAlert[]): void {
    for (const { rule, subject, evidence } of alerts) {
      if (rule !== serviceRule.rule) continue;
      this.#heardMs.set(subject, this.#heardMs.get(subject) ?? numberAt(evidence, 'heardMs'));
    }
  }

  /** Gives an alert for each service that was heard of once and is silent now. */
  firing(nowMs: number): readonly FiringAlert[] {
    return [...this.#heardMs]
      .filter(([, heardMs]) => nowMs - heardMs > this.#silentMsMax)
      .map(([service, heardMs]) => ({
        rule: serviceRule.rule,
        model: '',
        subject: service,
        severity: serviceRule.severity,
        message: `service ${service} sent no telemetry for ${Math.round((nowMs - heardMs) / 1_000)} s; it is down or cut off: see \`mlmesh status\` and its log`,
        evidence: { heardMs, silentMs: nowMs - heardMs, silentMsMax: this.#silentMsMax },
      }));
  }
}
