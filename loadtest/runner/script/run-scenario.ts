import { setTimeout as delay } from 'node:timers/promises';
import { runArrivals } from '../arrivals/run-arrivals.ts';
import { UserPool } from '../arrivals/user-pool.ts';
import type { LoadedScript, UserScript } from './load-script.ts';
import type { ScenarioPlan } from './parse-options.ts';
import type { RunHost } from './run-host.ts';

/** How the iterations of a scenario went, now. */
export interface ScenarioTally {
  started: number;
  completed: number;
  /** Given up, since they were not over when the scenario had to be. */
  interrupted: number;
  dropped: number;
  /** What iterations threw, and how often. */
  readonly thrown: Map<string, number>;
}

/** Ids for the virtual users of all scenarios, from 1. */
export type NextId = () => number;

/** A scenario under way: an open load of virtual users. */
export class ScenarioRun {
  readonly plan: ScenarioPlan;
  readonly tally: ScenarioTally = {
    started: 0,
    completed: 0,
    interrupted: 0,
    dropped: 0,
    thrown: new Map(),
  };
  readonly #host: RunHost;
  readonly #script: LoadedScript;
  readonly #pool: UserPool<UserScript>;
  readonly #data: unknown;
  #beginMs = 0;
  #beginEpochMs = 0;
  #isOver = false;
  #onIdle: () => void = () => undefined;

  constructor(
    plan: ScenarioPlan,
    script: LoadedScript,
    host: RunHost,
    options: { readonly nextId: NextId; readonly data: unknown },
  ) {
    this.plan = plan;
    this.#host = host;
    this.#script = script;
    this.#data = options.data;
    const make = () => script.evaluate(host, options.nextId());
    this.#pool = new UserPool(make, plan.preAllocatedVUs, plan.maxVUs);
  }

  /** Users that have an iteration under way, those of a scenario that has begun and is not over, and all. */
  get users(): { readonly busy: number; readonly active: number; readonly count: number } {
    const { busy, count } = this.#pool;
    const isActive = this.#beginMs !== 0 && !this.#isOver;
    return { busy, active: isActive ? count : 0, count };
  }

  /** Ms since it began; 0 before. */
  get elapsedMs(): number {
    return this.#beginMs === 0 ? 0 : this.#host.clock.monotonic() - this.#beginMs;
  }

  /** Runs it to its end: its start time, its schedule, and what is still under way then. */
  async run(signal: AbortSignal): Promise<void> {
    const { startMs, schedule, gracefulStopMs } = this.plan;
    await untilAborted(delay(startMs, undefined, { signal }), signal);
    this.#beginMs = this.#host.clock.monotonic();
    this.#beginEpochMs = this.#host.clock.epoch();
    const start = (intendedMs: number) => this.#start(intendedMs);
    await runArrivals(schedule, { start }, this.#host.clock, signal);
    await this.#untilIdle(gracefulStopMs, signal);
    this.#isOver = true;
    this.tally.interrupted = this.#pool.busy;
  }

  #start(intendedMs: number): void {
    const user = this.#pool.take();
    if (user === undefined) {
      this.tally.dropped += 1;
      this.#host.add(this.#host.metrics.droppedIterations, 1, this.plan.tags);
      return;
    }
    void this.#iterate(user, intendedMs);
  }

  /** Runs one iteration; what it throws is counted. */
  async #iterate(script: UserScript, intendedMs: number): Promise<void> {
    const { clock, metrics } = this.#host;
    const { tags, exec } = this.plan;
    const startedMs = clock.monotonic();
    const lateMs = Math.max(0, startedMs - intendedMs);
    this.#prepare(script, lateMs);
    this.#host.add(metrics.iterationLateness, lateMs, tags);
    try {
      const iterate = script.exports[exec] as (data: unknown) => unknown;
      const end = iterate(this.#data);
      script.user.lateMs = 0;
      await end;
    } catch (error) {
      const text = this.#script.describe(error);
      const count = this.tally.thrown.get(text) ?? 0;
      if (count === 0) this.#host.log(`iteration of '${this.plan.name}' threw: ${text}`);
      this.tally.thrown.set(text, count + 1);
    }
    if (this.#isOver) return;
    this.#host.add(metrics.iterationDuration, clock.monotonic() - startedMs, tags);
    this.#host.add(metrics.iterations, 1, tags);
    this.tally.completed += 1;
    this.#pool.giveBack(script);
    if (this.#pool.busy === 0) this.#onIdle();
  }

  #prepare({ user }: UserScript, lateMs: number): void {
    user.iteration += 1;
    user.iterationInTest = this.tally.started;
    user.lateMs = lateMs;
    user.tags = this.plan.tags;
    user.scenario = {
      name: this.plan.name,
      executor: this.plan.executor,
      startedAtMs: this.#beginEpochMs,
    };
    user.progress = () => Math.min(1, this.elapsedMs / this.plan.schedule.durationMs);
    this.tally.started += 1;
  }

  async #untilIdle(msMax: number, signal: AbortSignal): Promise<void> {
    if (this.#pool.busy === 0) return;
    const stop = new AbortController();
    const idle = new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
    const timer = delay(msMax, undefined, { signal: AbortSignal.any([signal, stop.signal]) });
    await Promise.race([idle, untilAborted(timer, signal, stop.signal)]);
    stop.abort();
  }
}

/** Resolves when a wait is over or one of its signals aborts. */
async function untilAborted(
  wait: Promise<unknown>,
  ...signals: readonly AbortSignal[]
): Promise<void> {
  await wait.catch((error: unknown) => {
    if (!signals.some(({ aborted }) => aborted)) throw error;
  });
}
