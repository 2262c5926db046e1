import type { Options } from 'k6/options';
import { constantRate, numberOf, objectives, secondsOf, summaryTrendStats } from './objectives.ts';
import { checkRouter, predictFlight } from './predict-flight.ts';

const rate = numberOf('RATE', 100);
const third = Math.ceil(secondsOf('DURATION', '10m') / 3);

/**
 * RATE predictions a second (100) for DURATION (10m), in three parts of one length: what a mesh loses with time, the last part shows
 * beside the first.
 */
export const options: Options = {
  scenarios: {
    first: constantRate(rate, third),
    second: constantRate(rate, third, third),
    third: constantRate(rate, third, 2 * third),
  },
  thresholds: { ...objectives('first'), ...objectives('second'), ...objectives('third') },
  summaryTrendStats,
};

/** Before the load: a router that answers, and is warm. */
export const setup = checkRouter;

/** One iteration. */
export const predict = predictFlight;
