import type { ConstantArrivalRateScenario, Options, Threshold } from 'k6/options';

type Thresholds = NonNullable<Options['thresholds']>;

/** What every test promises: an answer always comes, and the load was sent as planned. Without it, the figures of a scenario say little. */
const always: Thresholds = {
  failed_predictions: ['rate<0.001'],
  answers: ['count>0'],
  dropped_iterations: ['count<1'],
  denied_predictions: ['count<1'],
};

/** The service-level objectives of a scenario: 99 % of the answers within 50 ms, and 95 % of them by the model. */
export function objectives(scenario: string): Thresholds {
  return {
    ...always,
    [`grpc_req_duration{scenario:${scenario}}`]: ['p(99)<50'],
    [`degraded_answers{scenario:${scenario}}`]: ['rate<0.05'],
  };
}

/** The same, and the test ends when they are missed: what a ramp looks for is the rate at which that happens. */
export function objectivesThatEnd(scenario: string, delayAbortEval: string): Thresholds {
  const ending = (thresholds: readonly Threshold[]): Threshold[] =>
    thresholds.map((threshold) => ({
      threshold: typeof threshold === 'string' ? threshold : threshold.threshold,
      abortOnFail: true,
      delayAbortEval,
    }));
  const entries = Object.entries(objectives(scenario));
  return Object.fromEntries(
    entries.map(([name, thresholds]) => [
      name,
      name === 'answers' ? thresholds : ending(thresholds),
    ]),
  );
}

/** Figures of trends in the summary. */
export const summaryTrendStats = ['avg', 'min', 'med', 'p(90)', 'p(99)', 'p(99.9)', 'max'];

/** Gives a number out of the environment: `-e RATE=200`. */
export function numberOf(name: string, otherwise: number): number {
  const text = __ENV[name];
  const value = text === undefined ? otherwise : Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`${name}: wanted a whole number of more than 0, got '${text}'`);
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** Gives whole seconds out of the environment: `-e DURATION=90s`. */
export function secondsOf(name: string, otherwise: string): number {
  const text = __ENV[name] ?? otherwise;
  const [, count, unit] = /^(\d+)([smh])$/.exec(text) ?? [];
  const seconds = Number(count) * (unitSeconds[unit ?? ''] ?? 0);
  if (seconds > 0) return seconds;
  throw new Error(`${name}: wanted a whole number of s, m or h, such as '90s', got '${text}'`);
}

/** Gives a constant rate of predictions per second for some seconds, from a second of the test on, with virtual users for a router that stands still for up to two seconds. */
export function constantRate(
  rate: number,
  seconds: number,
  startSeconds = 0,
): ConstantArrivalRateScenario {
  return {
    executor: 'constant-arrival-rate',
    exec: 'predict',
    rate,
    timeUnit: '1s',
    duration: `${seconds}s`,
    startTime: `${startSeconds}s`,
    ...usersFor(rate),
  };
}

/** Gives the virtual users that a rate needs: one for each call under way, were none answered for two seconds. */
export function usersFor(rate: number): { preAllocatedVUs: number; maxVUs: number } {
  return { preAllocatedVUs: rate, maxVUs: 2 * rate };
}
