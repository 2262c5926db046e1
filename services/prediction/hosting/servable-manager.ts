import type { Clock } from '../../shared/kernel/clock.ts';
import type { Logger } from '../../shared/kernel/logger.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { durationMs, type MonotonicMs, monotonicMs } from '../../shared/kernel/units.ts';
import { answeringVersion } from '../core/answering-version.ts';
import { inferenceError, laneDraining } from '../core/infer-error.ts';
import type { InferLane } from '../core/infer-lane.ts';
import type { InferScheduler } from '../core/infer-scheduler.ts';
import {
  fittingServables,
  type PlanLimits,
  planServables,
  type ServableAction,
  type WantedSnapshot,
} from '../core/plan-servables.ts';
import { servableId } from '../core/servable-spec.ts';
import { isAnswering, memoryBytesOf, type WantedServable } from '../core/wanted-set.ts';
import type { ServableLoader } from '../ports.ts';
import { ChangeWatch } from './change-watch.ts';
import { HostedServable } from './hosted-servable.ts';
import { goneMeanwhile, notHosted, notReady } from './not-hosted-error.ts';
import { byModelAndVersion, type ServableStatus, statusOf } from './servable-status.ts';

/** What a manager is made of. */
export interface ServableManagerOptions {
  readonly clock: Clock;
  readonly scheduler: InferScheduler;
  readonly loader: ServableLoader;
  readonly limits: PlanLimits;
  /** First wait after a failed load; it doubles with each failure, up to `retryMsMax`. */
  readonly retryMs: number;
  readonly retryMsMax: number;
  /** Longest wait for the threads of a version that is taken down. */
  readonly unloadMsMax: number;
  /** Called when a version that callers wait for is stuck: the process must be replaced. */
  readonly onStuck: (error: MeshError) => void;
  readonly log: Logger;
}

/**
 * Leads what is hosted to what is wanted. It is told the whole wanted set each time, so a change that was missed does no harm.
 * It decides by the plan and acts here; a step that takes time ends in another look at the plan.
 */
export class ServableManager {
  readonly #options: ServableManagerOptions;
  readonly #hosted = new Map<string, HostedServable>();
  readonly #changes = new ChangeWatch();
  readonly #stopping = new AbortController();
  #wanted: readonly WantedServable[] = [];

  constructor(options: ServableManagerOptions) {
    this.#options = options;
  }

  /** Replaces the wanted set. What is left out is taken down once another version of its model is ready. */
  aspire(wanted: readonly WantedServable[]): void {
    this.#wanted = wanted;
    for (const hosted of this.#hosted.values()) {
      hosted.role = this.#wantOf(hosted.id)?.role ?? hosted.role;
      this.#replaceProcessIfStuck(hosted);
      noteRole(hosted);
    }
    this.#reconcile();
    // Whether a version is wanted is a change of its own.
    this.#changes.tell();
  }

  /**
   * Gives where the rows of a version go.
   * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN or VERSION_UNKNOWN; UNAVAILABLE / MODEL_NOT_READY or WORKER_STUCK.
   */
  laneOf(model: string, version: number): InferLane {
    const hosted = this.#hosted.get(servableId({ model, version }));
    // A lane that is draining refuses by itself.
    if (hosted?.lane !== undefined) return hosted.lane;
    if (hosted !== undefined) throw notReady(hosted);
    const isModelKnown = [...this.#hosted.values()].some(({ wanted }) => wanted.model === model);
    throw notHosted(model, version, isModelKnown);
  }

  /** Names what the limits let in of what is wanted. */
  fittingIds(): ReadonlySet<string> {
    const fitting = fittingServables(this.#wanted.map(wantedSnapshot), this.#options.limits);
    return new Set(fitting.map(({ id }) => id));
  }

  /** When a version was asked last; undefined while it is not ready. */
  askedAt(id: string): MonotonicMs | undefined {
    return this.#hosted.get(id)?.lane?.askedAt;
  }

  /**
   * Waits until a version is ready, or not to be had: gives why then, and undefined where it is ready.
   * @throws what `signal` aborts with
   */
  async whenSettled(id: string, signal: AbortSignal): Promise<MeshError | undefined> {
    const settled = await this.#changes.when(signal, () => {
      const hosted = this.#hosted.get(id);
      if (hosted === undefined) {
        // One that was being taken down when it was wanted again leaves first, and is added anew.
        return this.#isFitting(id) ? undefined : { error: goneMeanwhile(id) };
      }
      if (hosted.state === 'ready') {
        return { error: this.#isFitting(id) ? undefined : goneMeanwhile(id) };
      }
      return hosted.state === 'failed' ? { error: hosted.error ?? goneMeanwhile(id) } : undefined;
    });
    return settled.error;
  }

  /**
   * Waits until the threads of a version have ended, or until it is wanted again: an unload that is overtaken is at its end.
   * @throws {MeshError} UNAVAILABLE / WORKER_STUCK when a thread does not end: its memory stays taken until the process ends
   * @throws what `signal` aborts with
   */
  async whenGone(id: string, signal: AbortSignal): Promise<void> {
    const leaving = this.#hosted.get(id);
    if (leaving === undefined) return;
    const end = await this.#changes.when(signal, () => {
      if (leaving.isStuck) return { error: leaving.error };
      const isGone = this.#hosted.get(id) !== leaving || this.#isFitting(id);
      return isGone ? { error: undefined } : undefined;
    });
    if (end.error !== undefined) throw end.error;
  }

  /**
   * Whether every model that `production` points to is answered for: by the version that it points to, or, while that loads, by
   * another one that is ready and was not hosted by request alone. A version that the limits leave out is none that loads.
   */
  get isProductionReady(): boolean {
    return this.#wanted.every((wanted) => {
      if (wanted.role !== 'production') return true;
      const hosted = this.#hosted.get(servableId(wanted));
      if (hosted?.state === 'ready') return true;
      return hosted !== undefined && this.#hasReady(wanted.model);
    });
  }

  #hasReady(model: string): boolean {
    return [...this.#hosted.values()].some(
      ({ wanted, role, state }) =>
        wanted.model === model && role !== 'requested' && state === 'ready',
    );
  }

  /** Gives the version that answers a request which names none; undefined for a model that is not hosted. */
  answeringVersion(model: string): number | undefined {
    const isIt = (want: WantedServable) => want.role === 'production' && want.model === model;
    return answeringVersion(this.#hosted.values(), model, this.#wanted.find(isIt)?.version);
  }

  /** Gives the state of all hosted versions, or of those of one model, by model and version. */
  statuses(model: string | undefined): readonly ServableStatus[] {
    return [...this.#hosted.values()]
      .filter(({ wanted }) => model === undefined || wanted.model === model)
      .map(statusOf)
      .sort(byModelAndVersion);
  }

  /**
   * Takes nothing new, lets what is queued or runs end, then ends all threads.
   * @throws {MeshError} UNAVAILABLE / WORKER_STUCK when a native call still runs after `graceMs`: the process can only be killed.
   */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    const { clock } = this.#options;
    const until = clock.monotonic() + graceMs;
    const stops = [...this.#hosted.values()].map(async ({ id, lane, servable }) => {
      lane?.close();
      const isIdle = lane === undefined || (await this.#isIdleWithin(lane, graceMs));
      if (!isIdle) lane.fail(laneDraining(id));
      await servable?.stop(Math.max(0, until - clock.monotonic()));
    });
    const results = await Promise.allSettled(stops);
    const failure = results.find((result) => result.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
  }

  async #isIdleWithin(lane: InferLane, graceMs: number): Promise<boolean> {
    const expiry = new AbortController();
    const expired = this.#options.clock
      .sleep(durationMs(graceMs), expiry.signal)
      .catch(() => undefined);
    await Promise.race([lane.whenIdle(), expired]);
    expiry.abort();
    return lane.isIdle;
  }

  #reconcile(): void {
    if (this.#stopping.signal.aborted) return;
    const actions = planServables({
      wanted: this.#wanted.map(wantedSnapshot),
      hosted: [...this.#hosted.values()].map((hosted) => hosted.snapshot()),
      now: this.#options.clock.monotonic(),
      limits: this.#options.limits,
    });
    for (const action of actions) this.#act(action);
    // What was added can be loaded now; the plan is at rest when it asks for nothing more.
    if (actions.some(({ kind }) => kind === 'add' || kind === 'retry' || kind === 'forget')) {
      this.#reconcile();
    }
  }

  #act({ kind, id }: ServableAction): void {
    const hosted = this.#hosted.get(id);
    switch (kind) {
      case 'add': {
        const wanted = this.#wantOf(id);
        if (wanted !== undefined)
          this.#hosted.set(id, new HostedServable(wanted, () => this.#changes.tell()));
        return;
      }
      case 'load':
        if (hosted !== undefined) void this.#load(hosted);
        return;
      case 'drain':
        if (hosted !== undefined) void this.#drain(hosted);
        return;
      case 'resume':
        hosted?.lane?.reopen();
        hosted?.moveTo('ready');
        return;
      case 'retry':
        hosted?.moveTo('new');
        return;
      case 'forget':
        if (hosted !== undefined) this.#forget(hosted);
        return;
    }
  }

  /** Never rejects: every error of a version is kept in its state. */
  async #load(hosted: HostedServable): Promise<void> {
    const { loader, scheduler, clock } = this.#options;
    const begunAt = clock.monotonic();
    hosted.loadBegunAt = begunAt;
    hosted.moveTo('loading');
    const over = new AbortController();
    void this.#letOthersPast(hosted, over.signal);
    try {
      const { spec } = hosted.wanted;
      if (spec instanceof MeshError) throw spec;
      const onStuck = (error: MeshError) => this.#onStuck(hosted, error);
      const servable = await loader.load(spec, onStuck, this.#stopping.signal);
      hosted.servable = servable;
      hosted.backend = await servable.open();
      hosted.moveTo('warming');
      await servable.warm();
      if (this.#stopping.signal.aborted) {
        await servable.stop(this.#options.unloadMsMax);
        return;
      }
      hosted.lane = scheduler.open(
        spec,
        (inputs, rows) => servable.run(inputs, rows),
        servable.threads,
      );
      noteRole(hosted);
      hosted.moveTo('ready');
    } catch (thrown) {
      await this.#failLoad(hosted, thrown);
      return;
    } finally {
      over.abort();
    }
    hosted.error = undefined;
    hosted.failedLoads = 0;
    const tookMs = Math.round(clock.monotonic() - begunAt);
    this.#options.log.info('servable-ready', { id: hosted.id, backend: hosted.backend, tookMs });
    this.#reconcile();
  }

  /** Looks at the plan again when a load has become a slow one. */
  async #letOthersPast({ id }: HostedServable, over: AbortSignal): Promise<void> {
    const { clock, limits, log } = this.#options;
    const slowMs = durationMs(limits.slowLoadMs);
    await clock.sleep(slowMs, over).catch(() => undefined);
    if (over.aborted) return;
    log.warn('servable-load-slow', { id, slowMs });
    this.#reconcile();
  }

  async #failLoad(hosted: HostedServable, thrown: unknown): Promise<void> {
    if (this.#stopping.signal.aborted || hosted.isStuck) return;
    const { retryMs, retryMsMax, clock, log, unloadMsMax } = this.#options;
    const error = inferenceError(hosted.id, thrown);
    const delayMs = Math.min(retryMsMax, retryMs * 2 ** hosted.failedLoads);
    hosted.failedLoads += 1;
    hosted.error = error;
    hosted.retryAt = monotonicMs(clock.monotonic() + delayMs);
    hosted.moveTo('failed');
    const { reason, message } = error;
    log.warn('servable-load-failed', { id: hosted.id, reason, message, retryInMs: delayMs });
    await hosted.servable?.stop(unloadMsMax).catch(() => undefined);
    hosted.servable = undefined;
    await clock.sleep(durationMs(delayMs), this.#stopping.signal).catch(() => undefined);
    // A timer may fire a fraction early.
    hosted.retryAt = clock.monotonic();
    this.#reconcile();
  }

  async #drain(hosted: HostedServable): Promise<void> {
    const { lane, servable } = hosted;
    hosted.moveTo('draining');
    lane?.close();
    await lane?.whenIdle();
    // Wanted again, stuck, or taken down by an earlier drain meanwhile.
    if (hosted.state !== 'draining' || lane?.isIdle === false) return;
    hosted.moveTo('unloading');
    if (lane !== undefined) this.#options.scheduler.remove(lane);
    hosted.lane = undefined;
    try {
      await servable?.stop(this.#options.unloadMsMax);
    } catch (thrown) {
      this.#onStuck(hosted, inferenceError(hosted.id, thrown));
      return;
    }
    hosted.moveTo('unloaded');
    this.#options.log.info('servable-unloaded', { id: hosted.id });
    this.#reconcile();
  }

  #forget(hosted: HostedServable): void {
    if (hosted.state !== 'unloaded') hosted.moveTo('unloaded');
    this.#hosted.delete(hosted.id);
    this.#changes.tell();
  }

  /**
   * Nothing frees a stuck thread. Where callers wait for the version, the process goes and comes back with fresh threads. A
   * shadow's stays where it is, and listed, so that nobody loads it again: it costs a core, but production goes on
   * undisturbed, and a new process would only meet it again.
   */
  #onStuck(hosted: HostedServable, error: MeshError): void {
    hosted.isStuck = true;
    hosted.error = error;
    hosted.lane?.fail(error);
    if (hosted.lane !== undefined) this.#options.scheduler.remove(hosted.lane);
    hosted.lane = undefined;
    if (hosted.state !== 'failed') hosted.moveTo('failed');
    this.#options.log.error('servable-stuck', { id: hosted.id, message: error.message });
    this.#replaceProcessIfStuck(hosted);
    this.#reconcile();
  }

  #replaceProcessIfStuck({ id, isStuck, error }: HostedServable): void {
    const want = this.#wantOf(id);
    if (!isStuck || error === undefined || want === undefined) return;
    if (isAnswering(want.role)) this.#options.onStuck(error);
  }

  #isFitting(id: string): boolean {
    return this.fittingIds().has(id);
  }

  #wantOf(id: string): WantedServable | undefined {
    return this.#wanted.find((wanted) => servableId(wanted) === id);
  }
}

function wantedSnapshot(wanted: WantedServable): WantedSnapshot {
  return {
    id: servableId(wanted),
    model: wanted.model,
    memoryBytes: memoryBytesOf(wanted),
    isPatient: wanted.role === 'requested',
  };
}

/** A version that is hosted by request alone yields to those that callers are sent to. */
function noteRole({ role, lane }: HostedServable): void {
  if (lane !== undefined) lane.isGuest = role === 'requested';
}
