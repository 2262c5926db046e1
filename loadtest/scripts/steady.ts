import type { Options } from 'k6/options';
import { constantRate, numberOf, objectives, secondsOf, summaryTrendStats } from './objectives.ts';
import { checkRouter, predictFlight } from './predict-flight.ts';

/** A steady load: RATE predictions a second (100) for DURATION (30s). */
export const options: Options = {
  scenarios: { steady: constantRate(numberOf('RATE', 100), secondsOf('DURATION', '30s')) },
  thresholds: objectives('steady'),
  summaryTrendStats,
};

/** Before the load: a router that answers, and is warm. */
export const setup = checkRouter;

/** One iteration. */
export const predict = predictFlight;
