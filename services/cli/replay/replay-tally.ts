import type { Prediction } from '../../client/mesh-client.ts';

/** Counts what the caller of a replay saw. */
export class ReplayTally {
  readonly latenciesMs: number[] = [];
  /** Of the answers to those whom a version was to answer. */
  readonly tiers = { model: 0, fallback: 0, rules: 0 };
  readonly sampledTraces: string[] = [];
  #control = 0;
  #errors = 0;
  #lastError = '';

  get predictions(): number {
    return this.latenciesMs.length + this.#errors;
  }

  get errors(): number {
    return this.#errors;
  }

  /** Answers to the control cohort, which gets what the policy holds the model against. */
  get control(): number {
    return this.#control;
  }

  /** Text of the last error; empty when there was none. */
  get lastError(): string {
    return this.#lastError;
  }

  /** Takes an answer. `latencyMs` is what the caller waited, retries included. */
  answered(prediction: Prediction, latencyMs: number): void {
    this.latenciesMs.push(latencyMs);
    if (prediction.role === 'control') this.#control += 1;
    else this.tiers[prediction.tier] += 1;
  }

  failed(message: string): void {
    this.#errors += 1;
    this.#lastError = message;
  }
}
