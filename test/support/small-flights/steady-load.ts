import { setTimeout as delay } from 'node:timers/promises';
import { type MeshClient, MeshError, type Prediction } from '../../../services/client/index.ts';
import { askFlight } from './ask-flight.ts';

/** One answer; times are epoch ms. */
export interface SteadyAnswer {
  readonly prediction: Prediction;
  readonly askedMs: number;
  readonly answeredMs: number;
}

/** Asks for predictions at a rate, whatever becomes of those before, until it is stopped: a mesh that is slow for a moment meets all that came meanwhile. */
export class SteadyLoad {
  readonly answers: SteadyAnswer[] = [];
  /** What failed, as text. */
  readonly failures: string[] = [];
  /** Epoch ms at which questions were asked that all routers refused, since they had too much to do. */
  readonly refusedMs: number[] = [];
  readonly #client: MeshClient;
  readonly #underWay = new Set<Promise<void>>();
  readonly #asking: Promise<void>;
  #isOver = false;

  constructor(client: MeshClient, perSecond: number) {
    this.#client = client;
    this.#asking = this.#ask(perSecond);
  }

  /** Resolves when the last question is answered. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#asking;
    await Promise.all(this.#underWay);
  }

  /** Answers that were asked for since an epoch time in ms, in the order in which they came. */
  since(epochMs: number): readonly SteadyAnswer[] {
    return this.answers.filter(({ askedMs }) => askedMs >= epochMs);
  }

  async #ask(perSecond: number): Promise<void> {
    const begunMs = Date.now();
    for (let sent = 0; !this.#isOver; await delay(2)) {
      const due = ((Date.now() - begunMs) / 1_000) * perSecond;
      for (; sent < due; sent += 1) {
        const call = this.#call();
        this.#underWay.add(call);
        void call.then(() => this.#underWay.delete(call));
      }
    }
  }

  async #call(): Promise<void> {
    const askedMs = Date.now();
    try {
      const prediction = await this.#client.predict('flight-delay', askFlight());
      this.answers.push({ prediction, askedMs, answeredMs: Date.now() });
    } catch (error) {
      if (error instanceof MeshError && error.reason === 'OVERLOADED') {
        this.refusedMs.push(askedMs);
        return;
      }
      this.failures.push(`asked at ${askedMs}, after ${Date.now() - askedMs} ms: ${String(error)}`);
    }
  }
}
