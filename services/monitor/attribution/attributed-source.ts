import type { AlertSource, FiringAlert } from '../core/alert-source.ts';
import { attributeFault } from '../core/attribution/attribute-fault.ts';
import { attributionEvidence } from '../core/attribution/attribution-inputs.ts';
import type { AttributionDesk } from './attribution-desk.ts';

/** Adds to each alert about a model what blame is decided from, and who that is: it is stored with the alert, and explained by it. */
export class AttributedSource implements AlertSource {
  readonly #source: AlertSource;
  readonly #desk: Pick<AttributionDesk, 'gather'>;

  constructor(source: AlertSource, desk: Pick<AttributionDesk, 'gather'>) {
    this.#source = source;
    this.#desk = desk;
  }

  firing(nowMs: number): readonly FiringAlert[] {
    return this.#source.firing(nowMs).map((alert) => this.#attributed(alert, nowMs));
  }

  resume(alerts: readonly FiringAlert[]): void {
    this.#source.resume?.(alerts);
  }

  #attributed(alert: FiringAlert, nowMs: number): FiringAlert {
    const { model, subject, evidence } = alert;
    if (model === '') return alert;
    const [, digits] = /^version (\d+)$/.exec(subject) ?? [];
    const version = digits === undefined ? 0 : Number(digits);
    const inputs = this.#desk.gather(model, nowMs, { version, evidence });
    const { cause } = attributeFault(inputs);
    return { ...alert, evidence: { ...evidence, ...attributionEvidence(inputs, cause) } };
  }
}
