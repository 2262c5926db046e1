/** When the iterations of a scenario are to start. */
export interface ArrivalSchedule {
  /** From its begin to its end, ms; no iteration starts later. */
  readonly durationMs: number;
  /** Ms from the begin of the scenario at which each iteration is to start, ascending. */
  arrivals(): Iterable<number>;
  /** Iterations per second that are wanted at a time, ms from the begin. */
  rateAt(ms: number): number;
}

/** A stretch of a ramp: the rate moves in a straight line to its target. */
export interface RampStage {
  readonly durationMs: number;
  /** Iterations per time unit. */
  readonly target: number;
}

/** Gives a schedule of equal distances, the first iteration at the begin. */
export function constantArrivals(options: {
  readonly rate: number;
  readonly timeUnitMs: number;
  readonly durationMs: number;
}): ArrivalSchedule {
  const { rate, timeUnitMs, durationMs } = options;
  return {
    durationMs,
    *arrivals() {
      for (let index = 0; ; index += 1) {
        const at = (index * timeUnitMs) / rate;
        if (at >= durationMs) return;
        yield at;
      }
    },
    rateAt: (ms) => (ms < durationMs ? (rate / timeUnitMs) * 1_000 : 0),
  };
}

/**
 * Gives a schedule whose rate moves from stage to stage. The n-th iteration starts when the area under the rate reaches n.
 * @source https://grafana.com/docs/k6/latest/using-k6/scenarios/executors/ramping-arrival-rate/; the root is written so
 * that a rate that hardly changes loses no digits
 */
export function rampingArrivals(options: {
  readonly startRate: number;
  readonly timeUnitMs: number;
  readonly stages: readonly RampStage[];
}): ArrivalSchedule {
  const { startRate, timeUnitMs, stages } = options;
  const lines = linesOf(startRate / timeUnitMs, timeUnitMs, stages);
  return {
    durationMs: stages.reduce((sum, { durationMs }) => sum + durationMs, 0),
    *arrivals() {
      let before = 0;
      let next = 1;
      for (const line of lines) {
        const area = (line.durationMs * (line.from + line.to)) / 2;
        for (; next <= before + area + areaSlack; next += 1) {
          yield line.startMs + Math.min(line.durationMs, timeOfArea(line, next - before));
        }
        before += area;
      }
    },
    rateAt(ms) {
      const line = lines.find(
        ({ startMs, durationMs }) => ms >= startMs && ms < startMs + durationMs,
      );
      if (line === undefined) return 0;
      const share = (ms - line.startMs) / line.durationMs;
      return (line.from + (line.to - line.from) * share) * 1_000;
    },
  };
}

/** One straight line of the rate, in iterations per ms. */
interface RateLine {
  readonly startMs: number;
  readonly durationMs: number;
  readonly from: number;
  readonly to: number;
}

// Areas are sums of products: ten stages of 0.1 must not lose the tenth iteration.
const areaSlack = 1e-9;

function linesOf(
  start: number,
  timeUnitMs: number,
  stages: readonly RampStage[],
): readonly RateLine[] {
  const lines: RateLine[] = [];
  let startMs = 0;
  let from = start;
  for (const { durationMs, target } of stages) {
    const to = target / timeUnitMs;
    if (durationMs > 0) lines.push({ startMs, durationMs, from, to });
    startMs += durationMs;
    from = to;
  }
  return lines;
}

/** Ms from the begin of a line until the area under it reaches `area`. */
function timeOfArea({ durationMs, from, to }: RateLine, area: number): number {
  const slope = (to - from) / durationMs;
  return (2 * area) / (from + Math.sqrt(Math.max(0, from * from + 2 * slope * area)));
}
