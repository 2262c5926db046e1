import {
  type ArrivalSchedule,
  constantArrivals,
  type RampStage,
  rampingArrivals,
} from '../arrivals/arrival-schedule.ts';
import type { Tags } from '../metrics/metric-selector.ts';
import {
  type Aggregation,
  parseThreshold,
  parseTrendStat,
  type ThresholdExpression,
} from '../metrics/threshold.ts';
import { invalidOptions } from '../run-error.ts';
import { parseDuration } from './parse-duration.ts';

/** One scenario of a script. */
export interface ScenarioPlan {
  readonly name: string;
  readonly executor: string;
  /** Name of the exported function that an iteration calls. */
  readonly exec: string;
  readonly startMs: number;
  /** How long iterations that are under way at its end may take. */
  readonly gracefulStopMs: number;
  readonly schedule: ArrivalSchedule;
  readonly preAllocatedVUs: number;
  readonly maxVUs: number;
  readonly tags: Tags;
}

/** A threshold, and when it ends the test before its time. */
export interface ThresholdPlan {
  /** Metric and tags as the script has them. */
  readonly selector: string;
  readonly expression: ThresholdExpression;
  readonly abortOnFail: boolean;
  readonly delayAbortEvalMs: number;
}

/** What a script wants of a run. */
export interface OptionsPlan {
  readonly scenarios: readonly ScenarioPlan[];
  readonly thresholds: readonly ThresholdPlan[];
  /** Figures of trends in the summary: name and how it is computed. */
  readonly trendStats: readonly (readonly [string, Aggregation])[];
  readonly setupTimeoutMs: number;
  readonly teardownTimeoutMs: number;
  readonly tags: Tags;
}

// k6's own defaults.
const defaultTrendStats = ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)'];
const defaultHookMs = 60_000;
const defaultGracefulStopMs = 30_000;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads the `options` that a script exports.
 * @throws {RunError} naming the option that is wrong, or that k6 has and the runner does not
 */
export function parseOptions(value: unknown): OptionsPlan {
  const options = fieldsOf('options', value ?? {});
  const known = [
    'scenarios',
    'thresholds',
    'summaryTrendStats',
    'setupTimeout',
    'teardownTimeout',
    'tags',
    'noUsageReport',
  ];
  refuseOthers('options', options, known);
  const tags = tagsOf('tags', options['tags']);
  return {
    scenarios: Object.entries(fieldsOf('scenarios', options['scenarios'] ?? {})).map(
      ([name, scenario]) => parseScenario(name, scenario, tags),
    ),
    thresholds: Object.entries(fieldsOf('thresholds', options['thresholds'] ?? {})).flatMap(
      ([selector, list]) => parseThresholds(selector, list),
    ),
    trendStats: parseTrendStats(options['summaryTrendStats'] ?? defaultTrendStats),
    setupTimeoutMs: durationOf('setupTimeout', options['setupTimeout'] ?? defaultHookMs),
    teardownTimeoutMs: durationOf('teardownTimeout', options['teardownTimeout'] ?? defaultHookMs),
    tags,
  };
}

const commonKeys = [
  'executor',
  'exec',
  'startTime',
  'gracefulStop',
  'tags',
  'preAllocatedVUs',
  'maxVUs',
  'timeUnit',
];
const executorKeys: Readonly<Record<string, readonly string[]>> = {
  'constant-arrival-rate': ['rate', 'duration'],
  'ramping-arrival-rate': ['startRate', 'stages'],
};

function parseScenario(name: string, value: unknown, tags: Tags): ScenarioPlan {
  const place = `scenarios.${name}`;
  const fields = fieldsOf(place, value);
  const executor = String(fields['executor']);
  const keys = executorKeys[executor];
  if (keys === undefined) {
    const have = Object.keys(executorKeys).join(' and ');
    throw invalidOptions(
      `${place}.executor: got '${executor}'; this runner has ${have}. Run scripts with other executors with k6 itself`,
    );
  }
  refuseOthers(place, fields, [...commonKeys, ...keys]);
  const schedule = parseSchedule(place, executor, fields);
  const preAllocatedVUs = wholeOf(`${place}.preAllocatedVUs`, fields['preAllocatedVUs'], 0);
  const maxVUs = wholeOf(`${place}.maxVUs`, fields['maxVUs'] ?? preAllocatedVUs, 1);
  if (maxVUs > usersMax) {
    throw invalidOptions(`${place}.maxVUs: wanted ${usersMax} or less, got ${maxVUs}`);
  }
  if (maxVUs < preAllocatedVUs) {
    throw invalidOptions(
      `${place}.maxVUs: wanted preAllocatedVUs (${preAllocatedVUs}) or more, got ${maxVUs}`,
    );
  }
  return {
    name,
    executor,
    exec: String(fields['exec'] ?? 'default'),
    startMs: durationOf(`${place}.startTime`, fields['startTime'] ?? 0),
    gracefulStopMs: durationOf(
      `${place}.gracefulStop`,
      fields['gracefulStop'] ?? defaultGracefulStopMs,
    ),
    schedule,
    preAllocatedVUs,
    maxVUs,
    tags: { ...tags, ...tagsOf(`${place}.tags`, fields['tags']), scenario: name },
  };
}

function parseSchedule(place: string, executor: string, fields: Fields): ArrivalSchedule {
  const timeUnitMs = durationOf(`${place}.timeUnit`, fields['timeUnit'] ?? '1s');
  if (timeUnitMs === 0) throw invalidOptions(`${place}.timeUnit: wanted more than 0`);
  if (executor === 'ramping-arrival-rate') {
    const startRate = wholeOf(`${place}.startRate`, fields['startRate'] ?? 0, 0);
    requireRate(`${place}.startRate`, startRate, timeUnitMs);
    const stages = parseStages(place, fields['stages']);
    for (const [index, { target }] of stages.entries()) {
      requireRate(`${place}.stages[${index}].target`, target, timeUnitMs);
    }
    return rampingArrivals({ startRate, timeUnitMs, stages });
  }
  const rate = wholeOf(`${place}.rate`, fields['rate'], 1);
  requireRate(`${place}.rate`, rate, timeUnitMs);
  const durationMs = durationOf(`${place}.duration`, fields['duration']);
  if (durationMs < durationMsMin) {
    throw invalidOptions(`${place}.duration: wanted 1s or more, got ${String(fields['duration'])}`);
  }
  return constantArrivals({ rate, timeUnitMs, durationMs });
}

/** Iterations a second: more than one process starts, by far; the users that k6's scripts prepare for more do not fit into memory. */
const ratePerSecondMax = 100_000;
/** Virtual users, for a rate at its most with calls of two seconds. */
const usersMax = 2 * ratePerSecondMax;

function requireRate(place: string, rate: number, timeUnitMs: number): void {
  const perSecond = (rate * 1_000) / timeUnitMs;
  if (perSecond <= ratePerSecondMax) return;
  throw invalidOptions(
    `${place}: wanted ${ratePerSecondMax} iterations a second or less, got ${perSecond}; ask for less, or run several load tests beside each other`,
  );
}

// k6 refuses less.
const durationMsMin = 1_000;

function parseStages(place: string, value: unknown): readonly RampStage[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw invalidOptions(
      `${place}.stages: wanted one stage or more, such as { duration: '30s', target: 100 }`,
    );
  }
  return value.map((stage: unknown, index) => {
    const at = `${place}.stages[${index}]`;
    const fields = fieldsOf(at, stage);
    refuseOthers(at, fields, ['duration', 'target']);
    return {
      durationMs: durationOf(`${at}.duration`, fields['duration']),
      target: wholeOf(`${at}.target`, fields['target'], 0),
    };
  });
}

function parseThresholds(selector: string, value: unknown): readonly ThresholdPlan[] {
  const place = `thresholds['${selector}']`;
  if (!Array.isArray(value)) throw invalidOptions(`${place}: wanted a list, such as ['p(99)<50']`);
  return value.map((one: unknown) => {
    const fields = typeof one === 'string' ? { threshold: one } : fieldsOf(place, one);
    refuseOthers(place, fields, ['threshold', 'abortOnFail', 'delayAbortEval']);
    return {
      selector,
      expression: parseThreshold(String(fields['threshold'])),
      abortOnFail: fields['abortOnFail'] === true,
      delayAbortEvalMs: durationOf(`${place}.delayAbortEval`, fields['delayAbortEval'] ?? 0),
    };
  });
}

function parseTrendStats(value: unknown): OptionsPlan['trendStats'] {
  if (!Array.isArray(value))
    throw invalidOptions(`summaryTrendStats: wanted a list, such as ['med', 'p(99)']`);
  return value.map((name: unknown) => {
    const stat = parseTrendStat(String(name));
    if (stat === undefined) {
      throw invalidOptions(
        `summaryTrendStats: wanted avg, min, med, max, count or p(0 to 100), got '${String(name)}'`,
      );
    }
    return [String(name), stat] as const;
  });
}

function fieldsOf(place: string, value: unknown): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw invalidOptions(`${place}: wanted an object, got ${JSON.stringify(value) ?? typeof value}`);
}

function refuseOthers(place: string, fields: object, known: readonly string[]): void {
  const other = Object.keys(fields).find((key) => !known.includes(key));
  if (other === undefined) return;
  throw invalidOptions(
    `${place}: '${other}' is nothing that this runner has; it has ${known.join(', ')}. Run scripts that need more with k6 itself`,
  );
}

function tagsOf(place: string, value: unknown): Tags {
  return Object.fromEntries(
    Object.entries(fieldsOf(place, value ?? {})).map(([name, tag]) => [name, String(tag)]),
  );
}

function durationOf(place: string, value: unknown): number {
  const ms = parseDuration(value);
  if (ms !== undefined) return ms;
  throw invalidOptions(
    `${place}: wanted a duration such as '30s' or '1m30s', got ${JSON.stringify(value) ?? 'nothing'}`,
  );
}

function wholeOf(place: string, value: unknown, min: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min) return value;
  throw invalidOptions(
    `${place}: wanted a whole number of ${min} or more, got ${JSON.stringify(value) ?? 'nothing'}`,
  );
}
