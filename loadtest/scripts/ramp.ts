import type { Options } from 'k6/options';
import {
  numberOf,
  objectivesThatEnd,
  secondsOf,
  summaryTrendStats,
  usersFor,
} from './objectives.ts';
import { checkRouter, predictFlight } from './predict-flight.ts';

const rate = numberOf('RATE', 400);
const seconds = secondsOf('DURATION', '1m');

/** A ramp from RATE / 10 to RATE predictions a second (400) within DURATION (1m). It ends where an objective is missed: how far it came is the answer. */
export const options: Options = {
  scenarios: {
    ramp: {
      executor: 'ramping-arrival-rate',
      exec: 'predict',
      startRate: Math.ceil(rate / 10),
      timeUnit: '1s',
      stages: [{ duration: `${seconds}s`, target: rate }],
      ...usersFor(rate),
    },
  },
  thresholds: objectivesThatEnd('ramp', '5s'),
  summaryTrendStats,
};

/** Before the load: a router that answers, and is warm. */
export const setup = checkRouter;

/** One iteration. */
export const predict = predictFlight;
