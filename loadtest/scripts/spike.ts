import type { Options } from 'k6/options';
import { constantRate, numberOf, objectives, secondsOf, summaryTrendStats } from './objectives.ts';
import { checkRouter, predictFlight } from './predict-flight.ts';

const rate = numberOf('RATE', 50);
const peak = numberOf('PEAK', rate * 8);
const seconds = secondsOf('DURATION', '10s');
/** What a spike leaves behind is to be gone by then. */
const recoverySeconds = 5;

/**
 * RATE predictions a second (50), then at once PEAK (8 times as many), then RATE again, each for DURATION (10s). The objectives hold before, and
 * 5 seconds after; in the spike itself answers may be worse, but none may fail.
 */
export const options: Options = {
  scenarios: {
    before: constantRate(rate, seconds),
    spike: constantRate(peak, seconds, seconds),
    recovery: constantRate(rate, recoverySeconds, 2 * seconds),
    after: constantRate(rate, seconds, 2 * seconds + recoverySeconds),
  },
  thresholds: {
    ...objectives('before'),
    ...objectives('after'),
    // A second for every answer of the spike; the share of others than the model's is named so that the summary shows it.
    'grpc_req_duration{scenario:spike}': ['max<1000'],
    'degraded_answers{scenario:spike}': ['rate<=1'],
  },
  summaryTrendStats,
};

/** Before the load: a router that answers, and is warm. */
export const setup = checkRouter;

/** One iteration. */
export const predict = predictFlight;
