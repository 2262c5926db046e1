import type { ErrorBudget, FigurePoint } from './views.ts';

/** One look at a model. */
export interface FigureSample extends FigurePoint {
  /** Answers since the monitor's log began. */
  readonly answers: number;
}

/** How long figures are kept: what a person who is woken wants to see. */
const keptMs = 3_600_000;
/** 0.05: the objective that the load tests hold the mesh to, 95 % of the answers by the model. */
const degradedShareMax = 0.05;

/** Keeps the last hour of a model's figures, a point for each look. */
export class FigureHistory {
  #samples: FigureSample[] = [];

  /** Adds a look; what is older than an hour goes. Looks come in the order of their times. */
  add(sample: FigureSample): void {
    const fromMs = sample.atMs - keptMs;
    const gone = this.#samples.findIndex(({ atMs }) => atMs >= fromMs);
    if (gone > 0) this.#samples = this.#samples.slice(gone);
    if (gone === -1) this.#samples = [];
    this.#samples.push(sample);
  }

  /** Gives the points, oldest first. */
  points(): readonly FigurePoint[] {
    return this.#samples.map(pointOf);
  }

  /** Gives the newest point; undefined before the first look. */
  last(): FigurePoint | undefined {
    const sample = this.#samples.at(-1);
    return sample === undefined ? undefined : pointOf(sample);
  }

  /** Gives what is left of the error budget. Between two looks the later one's share of degraded answers counts. */
  budget(): ErrorBudget {
    let answers = 0;
    let degraded = 0;
    for (const [index, sample] of this.#samples.entries()) {
      const before = this.#samples[index - 1];
      if (before === undefined) continue;
      // A monitor that lost its log counts from the beginning.
      const fresh = sample.answers - before.answers;
      if (fresh <= 0) continue;
      answers += fresh;
      degraded += fresh * sample.degradedShare;
    }
    const spent = answers === 0 ? 0 : degraded / answers / degradedShareMax;
    const windowMs = (this.#samples.at(-1)?.atMs ?? 0) - (this.#samples[0]?.atMs ?? 0);
    return { answers, degraded, degradedShareMax, left: 1 - spent, windowMs };
  }
}

function pointOf({
  atMs,
  perSecond,
  latencyP50Ms,
  latencyP99Ms,
  degradedShare,
}: FigureSample): FigurePoint {
  return { atMs, perSecond, latencyP50Ms, latencyP99Ms, degradedShare };
}
