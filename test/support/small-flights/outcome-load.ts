import { setTimeout as delay } from 'node:timers/promises';
import type { MeshClient } from '../../../services/client/index.ts';
import type { PredictionLoad } from './prediction-load.ts';

/** One in so many predictions gets an outcome, which keeps what has to be looked up at the end small. */
const every = 4;
const pauseMs = 50;

/** Records outcomes of a load's predictions, and sends each again until it is acknowledged. */
export class OutcomeLoad {
  /** Labels that were acknowledged, by prediction id. */
  readonly acknowledged = new Map<string, number>();
  readonly #client: MeshClient;
  readonly #load: PredictionLoad;
  readonly #recording: Promise<void>;
  #isOver = false;

  constructor(client: MeshClient, load: PredictionLoad) {
    this.#client = client;
    this.#load = load;
    this.#recording = this.#record();
  }

  /** Resolves when all outcomes so far are acknowledged. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#recording;
  }

  async #record(): Promise<void> {
    let next = 0;
    for (;;) {
      const isLast = this.#isOver;
      const outcomes: { readonly predictionId: string; readonly label: number }[] = [];
      for (; next < this.#load.answers.length; next += every) {
        const answer = this.#load.answers[next];
        if (answer === undefined) break;
        const { predictionId } = answer.prediction;
        outcomes.push({ predictionId, label: next % (2 * every) === 0 ? 1 : 0 });
      }
      if (outcomes.length > 0) await this.#untilAcknowledged(outcomes);
      if (isLast) return;
      await delay(pauseMs);
    }
  }

  async #untilAcknowledged(
    outcomes: readonly { readonly predictionId: string; readonly label: number }[],
  ): Promise<void> {
    for (;;) {
      try {
        await this.#client.recordOutcomes(outcomes);
        for (const { predictionId, label } of outcomes) this.acknowledged.set(predictionId, label);
        return;
      } catch {
        await delay(pauseMs); // the monitor is away; what it has acknowledged is what counts
      }
    }
  }
}
