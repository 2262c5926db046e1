import { dirname, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../../services/shared/kernel/clock.ts';
import { isEmpty, type RunSummary, valuesOf } from '../report/summary.ts';
import { Timeline } from '../report/timeline.ts';
import { invalidOptions, RunError, runExitCodes } from '../run-error.ts';
import { LoadedScript, type UserScript } from './load-script.ts';
import { type OptionsPlan, parseOptions } from './parse-options.ts';
import { RunHost } from './run-host.ts';
import { ScenarioRun } from './run-scenario.ts';
import {
  abortingThreshold,
  bindThresholds,
  stateOf,
  type WatchedThreshold,
} from './threshold-watch.ts';

/** One run of one script. */
export interface RunPlan {
  /** Absolute path of the script. */
  readonly path: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** How a run is going, once a second. */
export interface RunProgress {
  readonly elapsedMs: number;
  readonly durationMs: number;
  readonly busyUsers: number;
  readonly users: number;
  readonly completed: number;
  readonly dropped: number;
}

/** Whom a run tells what. */
export interface RunListener {
  /** What the script writes to its console, and what goes wrong on the way. */
  readonly log: (text: string) => void;
  readonly progress: (progress: RunProgress) => void;
}

/** A run that came to its end, by itself or by a threshold or signal. */
export interface FinishedRun {
  readonly summary: RunSummary;
  readonly thresholds: readonly (WatchedThreshold & {
    readonly isMet: boolean;
    readonly value: number | undefined;
  })[];
  /** Threshold that ended the test before its time. */
  readonly abortedBy: WatchedThreshold | undefined;
  readonly isInterrupted: boolean;
  /** What the script's own `handleSummary` gave: texts by file name, or by `stdout` and `stderr`; undefined where it has none. */
  readonly ownSummary: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Runs a script as `k6 run` does: setup, all scenarios beside each other, teardown, thresholds.
 * @throws {RunError} with k6's exit status when the script can't be run
 */
export async function runScript(
  plan: RunPlan,
  clock: Clock,
  listener: RunListener,
  signal: AbortSignal,
): Promise<FinishedRun> {
  const script = await LoadedScript.load(plan.path);
  const timeline = new Timeline();
  const host = new RunHost({
    clock,
    folder: dirname(plan.path),
    environment: plan.environment,
    log: listener.log,
    observe: (metric, value, tags) => timeline.observe(metric, value, tags),
  });
  const first = script.evaluate(host, 0);
  const options = parseOptions(first.exports['options']);
  checkScenarios(options, first, plan.path);
  const thresholds = bindThresholds(options.thresholds, host.registry);
  try {
    const data = await hook(script, first, 'setup', { msMax: options.setupTimeoutMs });
    const run = new Run({ host, options, script, thresholds, timeline, listener, data });
    const ended = await run.toItsEnd(signal);
    await hook(script, first, 'teardown', { msMax: options.teardownTimeoutMs, data });
    return await finish(plan.path, first, run, ended);
  } finally {
    for (const connection of host.connections) connection.close();
  }
}

function checkScenarios({ scenarios }: OptionsPlan, { exports }: UserScript, path: string): void {
  if (scenarios.length === 0) {
    throw invalidOptions(
      `scenarios: ${path} exports no options with scenarios, and this runner has no other way to say what load is wanted`,
    );
  }
  for (const { name, exec } of scenarios) {
    if (typeof exports[exec] === 'function') continue;
    const have = Object.keys(exports).join(', ');
    throw invalidOptions(
      `scenarios.${name}.exec: the script exports no function '${exec}'; it exports ${have}`,
    );
  }
}

const hookTimeouts = { setup: runExitCodes.setupTimeout, teardown: runExitCodes.teardownTimeout };

/** Calls setup or teardown where the script has it. What setup gives goes to all iterations as JSON would carry it. */
async function hook(
  script: LoadedScript,
  { exports, user }: UserScript,
  name: 'setup' | 'teardown',
  { msMax, data }: { readonly msMax: number; readonly data?: unknown },
): Promise<unknown> {
  const call = exports[name];
  if (typeof call !== 'function') return undefined;
  user.tags = { group: `::${name}` };
  const over = new AbortController();
  const late = delay(msMax, undefined, { signal: over.signal }).then(
    () => {
      throw new RunError(`${name}: not over after ${msMax} ms`, { exitCode: hookTimeouts[name] });
    },
    () => undefined,
  );
  try {
    const made: unknown = await Promise.race([
      late,
      Promise.resolve((call as (data: unknown) => unknown)(data)),
    ]);
    return made === undefined ? undefined : JSON.parse(JSON.stringify(made));
  } catch (error) {
    throw error instanceof RunError ? error : script.errorOf(name, error);
  } finally {
    over.abort();
  }
}

interface RunParts {
  readonly host: RunHost;
  readonly options: OptionsPlan;
  readonly script: LoadedScript;
  readonly thresholds: readonly WatchedThreshold[];
  readonly timeline: Timeline;
  readonly listener: RunListener;
  readonly data: unknown;
}

interface RunEnd {
  readonly elapsedMs: number;
  readonly abortedBy: WatchedThreshold | undefined;
  readonly isInterrupted: boolean;
}

// k6's own interval of evaluating thresholds.
const watchMs = 2_000;
const tickMs = 1_000;
/** Points of a report: an hour of soak is no more to look at than a minute. */
const pointsMax = 240;

/** The scenarios of a run, and what looks at them while they run. */
class Run {
  readonly parts: RunParts;
  readonly scenarios: readonly ScenarioRun[];
  readonly #durationMs: number;
  #beginMs = 0;
  #users = 0;

  constructor(parts: RunParts) {
    this.parts = parts;
    const { options, script, host, data } = parts;
    const nextId = () => {
      this.#users += 1;
      return this.#users;
    };
    this.scenarios = options.scenarios.map(
      (plan) => new ScenarioRun(plan, script, host, { nextId, data }),
    );
    this.#durationMs = Math.max(
      ...options.scenarios.map(({ startMs, schedule }) => startMs + schedule.durationMs),
    );
  }

  async toItsEnd(signal: AbortSignal): Promise<RunEnd> {
    const { host, thresholds } = this.parts;
    this.#beginMs = host.clock.monotonic();
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    let abortedBy: WatchedThreshold | undefined;
    const watch = setInterval(() => {
      abortedBy ??= abortingThreshold(thresholds, this.#elapsedMs);
      if (abortedBy !== undefined) stop.abort();
    }, watchMs);
    const tick = setInterval(() => this.#tick(), tickMs);
    const cut = setInterval(() => this.#cut(), Math.max(tickMs, this.#durationMs / pointsMax));
    try {
      await Promise.all(this.scenarios.map((scenario) => scenario.run(either)));
    } finally {
      for (const timer of [watch, tick, cut]) clearInterval(timer);
    }
    this.#tick();
    this.#cut();
    return { elapsedMs: this.#elapsedMs, abortedBy, isInterrupted: signal.aborted };
  }

  get #elapsedMs(): number {
    return this.parts.host.clock.monotonic() - this.#beginMs;
  }

  #tick(): void {
    const { host, listener } = this.parts;
    const users = this.scenarios.map((scenario) => scenario.users);
    const busyUsers = users.reduce((sum, { busy }) => sum + busy, 0);
    const active = users.reduce((sum, one) => sum + one.active, 0);
    const count = users.reduce((sum, one) => sum + one.count, 0);
    host.add(host.metrics.users, active, {});
    host.add(host.metrics.usersMax, count, {});
    const of = (key: 'completed' | 'dropped') =>
      this.scenarios.reduce((sum, { tally }) => sum + tally[key], 0);
    listener.progress({
      elapsedMs: this.#elapsedMs,
      durationMs: this.#durationMs,
      busyUsers,
      users: count,
      completed: of('completed'),
      dropped: of('dropped'),
    });
  }

  #cut(): void {
    const busyUsers = this.scenarios.reduce((sum, { users }) => sum + users.busy, 0);
    const wantedPerS = (ms: number) =>
      this.scenarios.reduce(
        (sum, { plan }) => sum + (ms < plan.startMs ? 0 : plan.schedule.rateAt(ms - plan.startMs)),
        0,
      );
    this.parts.timeline.cut(this.#elapsedMs, { busyUsers, wantedPerS });
  }
}

async function finish(
  path: string,
  { exports }: UserScript,
  { parts, scenarios }: Run,
  { elapsedMs, abortedBy, isInterrupted }: RunEnd,
): Promise<FinishedRun> {
  const thresholds = parts.thresholds.map((one) => ({ ...one, ...stateOf(one, elapsedMs) }));
  const thrown: Record<string, number> = {};
  for (const { tally } of scenarios) {
    for (const [text, count] of tally.thrown) thrown[text] = (thrown[text] ?? 0) + count;
  }
  const summary: RunSummary = {
    root_group: { name: '', path: '', groups: [], checks: checksOf(parts.host) },
    options: { summaryTrendStats: parts.options.trendStats.map(([name]) => name) },
    state: { testRunDurationMs: elapsedMs },
    metrics: metricsOf(parts, thresholds, elapsedMs),
    script: relative('', path),
    isPassed: thresholds.every(({ isMet }) => isMet),
    scenarios: scenarios.map(({ plan: { name, executor }, tally }) => {
      const { started, completed, interrupted, dropped } = tally;
      return { name, executor, started, completed, interrupted, dropped };
    }),
    thrown,
    timeline: parts.timeline.points,
  };
  const own = exports['handleSummary'];
  const ownSummary =
    typeof own === 'function'
      ? ((await (own as (data: unknown) => unknown)(summary)) as Readonly<Record<string, unknown>>)
      : undefined;
  return { summary, thresholds, abortedBy, isInterrupted, ownSummary };
}

function checksOf({ checks }: RunHost): RunSummary['root_group']['checks'] {
  return [...checks].map(([name, tally]) => ({ name, path: `::${name}`, ...tally }));
}

function metricsOf(
  { host, options }: RunParts,
  thresholds: FinishedRun['thresholds'],
  elapsedMs: number,
): RunSummary['metrics'] {
  const entries = host.registry.all().flatMap((metric) => {
    const of = thresholds.filter((threshold) => threshold.metric === metric);
    if (of.length === 0 && isEmpty(metric)) return [];
    const summary = {
      type: metric.sink.kind,
      contains: metric.contains,
      values: valuesOf(metric, options.trendStats, elapsedMs),
    };
    if (of.length === 0) return [[metric.name, summary] as const];
    const states = of.map(({ plan, isMet }) => [plan.expression.text, { ok: isMet }] as const);
    return [[metric.name, { ...summary, thresholds: Object.fromEntries(states) }] as const];
  });
  return Object.fromEntries(entries);
}
