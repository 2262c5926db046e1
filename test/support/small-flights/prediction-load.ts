import { setTimeout as delay } from 'node:timers/promises';
import type { MeshClient, PredictInput, Prediction } from '../../../services/client/index.ts';
import { askFlight } from './ask-flight.ts';

/** One answer, and when it was asked for. */
export interface LoadAnswer {
  readonly prediction: Prediction;
  /** Epoch ms. */
  readonly askedMs: number;
  readonly tookMs: number;
}

/** Callers at once, and what each waits between two questions, in ms: some 200 predictions/s, which leaves the machine to the mesh. */
const callers = 4;
const pauseMs = 10;

/** Asks for predictions from several callers at once, until it is stopped. */
export class PredictionLoad {
  readonly answers: LoadAnswer[] = [];
  /** What failed, as text. */
  readonly failures: string[] = [];
  readonly #client: MeshClient;
  readonly #ask: () => PredictInput;
  readonly #callers: readonly Promise<void>[];
  #isOver = false;

  /** @param ask gives the next question */
  constructor(client: MeshClient, ask: () => PredictInput = askFlight) {
    this.#client = client;
    this.#ask = ask;
    this.#callers = Array.from({ length: callers }, () => this.#call());
  }

  /** Resolves when the last question is answered. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#callers);
  }

  /** Answers that were asked for since an epoch time in ms, oldest first. */
  since(epochMs: number): readonly LoadAnswer[] {
    return this.answers.filter(({ askedMs }) => askedMs >= epochMs);
  }

  async #call(): Promise<void> {
    while (!this.#isOver) {
      const askedMs = Date.now();
      try {
        const prediction = await this.#client.predict('flight-delay', this.#ask());
        this.answers.push({ prediction, askedMs, tookMs: Date.now() - askedMs });
      } catch (error) {
        this.failures.push(`after ${Date.now() - askedMs} ms: ${String(error)}`);
      }
      await delay(pauseMs);
    }
  }
}
