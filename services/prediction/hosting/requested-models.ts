import type { Clock } from '../../shared/kernel/clock.ts';
import type { Logger } from '../../shared/kernel/logger.ts';
import { MeshError, messageOf } from '../../shared/kernel/mesh-error.ts';
import { durationMs, monotonicMs } from '../../shared/kernel/units.ts';
import { memoryFull } from '../core/infer-error.ts';
import type { PlanLimits } from '../core/plan-servables.ts';
import { type KnownVersion, servableId } from '../core/servable-spec.ts';
import {
  memoryBytesOf,
  type RegistryView,
  type RequestedServable,
  type WantedServable,
  wantedServables,
  withRequested,
} from '../core/wanted-set.ts';
import type { RequestFile, ServableName, VersionLookup } from '../ports.ts';
import type { ServableManager } from './servable-manager.ts';

/** What the requests are made of. */
export interface RequestedModelsOptions {
  readonly manager: ServableManager;
  readonly lookup: VersionLookup;
  /** Keeps the requests over a restart. */
  readonly file: RequestFile;
  readonly limits: Omit<PlanLimits, 'loadsMax' | 'slowLoadMs'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A version that made room for a load. */
interface Displaced {
  readonly request: RequestedServable;
  /** Id of the version that it made room for. */
  readonly by: string;
}

// A restarted registry is there again within a second or two.
const retryMs = durationMs(2_000);
// A load goes on whoever waits for it.
const neverAborted = (): AbortSignal => new AbortController().signal;

/**
 * Versions that are hosted because somebody asked for them, beside those that aliases point to. They have what memory the others
 * leave, and the least recently used makes room for a new one; what an alias points to is never taken away.
 */
export class RequestedModels {
  readonly #options: RequestedModelsOptions;
  readonly #requests = new Map<string, RequestedServable>();
  /** What made room for loads under way: it comes back where they fail. */
  readonly #displaced = new Map<string, Displaced>();
  readonly #loading = new Set<string>();
  /** What was asked for before the process ended, and was not asked for again yet. */
  #unrestored: readonly ServableName[] = [];
  #aliased: readonly WantedServable[] = [];
  #hasView = false;

  constructor(options: RequestedModelsOptions) {
    this.#options = options;
  }

  /** Whether it is known what `production` points to, and all of it can answer. */
  get isReady(): boolean {
    return this.#hasView && this.#options.manager.isProductionReady;
  }

  /** Takes what the registry's aliases point to now. */
  follow(view: RegistryView): void {
    this.#hasView = true;
    this.#aliased = wantedServables(view);
    this.#aspire();
  }

  /** Asks again, in their order, for what was asked for before the process ended; goes on until the registry has answered. */
  async restore(signal: AbortSignal): Promise<void> {
    const names = await this.#options.file.read();
    this.#unrestored = names;
    for (const name of names) {
      await this.#restoreOne(name, signal);
      // The process ends: what is left is for the next one.
      if (signal.aborted) return;
      this.#unrestored = this.#unrestored.filter((other) => other !== name);
    }
    if (names.length > 0) await this.#remember();
  }

  async #restoreOne(name: ServableName, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    const { model, version } = name;
    // It may be released meanwhile.
    while (!signal.aborted && this.#unrestored.includes(name)) {
      try {
        await this.load(model, version, signal);
        return;
      } catch (error) {
        log.warn('request-not-restored', { model, version, message: messageOf(error) });
        if (!(error instanceof MeshError) || error.reason !== 'PEER_UNAVAILABLE') return;
        await clock.sleep(retryMs, signal).catch(() => undefined);
      }
    }
  }

  /**
   * Hosts a version, or the newest one of a model, and waits until it is ready; a caller who goes gives up the wait, not the load.
   * What made room for a load that fails is loaded again.
   * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN or VERSION_UNKNOWN; RESOURCE_EXHAUSTED / MEMORY_FULL; what its load fails
   * with; UNAVAILABLE / PEER_UNAVAILABLE while the registry is down.
   */
  async load(model: string, version: number | undefined, signal: AbortSignal): Promise<void> {
    const known = await this.#options.lookup.find(model, version, signal);
    if (known.spec instanceof MeshError) throw known.spec;
    await unlessAborted(this.#host(known), signal);
  }

  async #host(known: KnownVersion): Promise<void> {
    const { manager, clock } = this.#options;
    const id = servableId(known);
    if (!this.#isAliased(id)) {
      this.#assertRoom(known);
      this.#displaced.delete(id);
      this.#loading.add(id);
      this.#requests.set(id, { known, usedAt: clock.monotonic() });
      this.#aspire(id);
    }
    const error = await manager.whenSettled(id, neverAborted());
    this.#loading.delete(id);
    if (error === undefined) {
      for (const [other, { by }] of this.#displaced) if (by === id) this.#displaced.delete(other);
    } else {
      this.#requests.delete(id);
      this.#bringBack(id);
      this.#aspire();
    }
    await this.#remember();
    if (error !== undefined) throw error;
  }

  /**
   * Takes a version down that was requested, or all such versions of a model, and waits until their threads have ended. What an
   * alias points to meanwhile stays, and so does its request.
   * @throws {MeshError} FAILED_PRECONDITION / VERSION_IN_USE when an alias points to it; NOT_FOUND / MODEL_UNKNOWN or
   * VERSION_UNKNOWN when it is not hosted; UNAVAILABLE / WORKER_STUCK when a thread of it does not end.
   */
  async release(model: string, version: number | undefined, signal: AbortSignal): Promise<void> {
    const { manager } = this.#options;
    const isMeant = (of: ServableName) =>
      of.model === model && (version === undefined || of.version === version);
    const ids = this.#kept()
      .filter(isMeant)
      .map(servableId)
      .filter((id) => !this.#isAliased(id));
    if (ids.length === 0) throw this.#cannotRelease(model, version, isMeant);
    this.#unrestored = this.#unrestored.filter((name) => !ids.includes(servableId(name)));
    for (const id of ids) {
      this.#requests.delete(id);
      this.#bringBack(id);
    }
    // Behind what was brought back, which may be meant as well.
    for (const id of ids) for (const held of [this.#requests, this.#displaced]) held.delete(id);
    this.#aspire();
    await this.#remember();
    await Promise.all(ids.map((id) => manager.whenGone(id, signal)));
  }

  #isAliased(id: string): boolean {
    return this.#aliased.some((wanted) => servableId(wanted) === id);
  }

  /** @param by id of the version that others make room for; undefined where none is loaded */
  #aspire(by?: string): void {
    const { manager } = this.#options;
    for (const [id, { known, usedAt }] of this.#requests) {
      const askedAt = manager.askedAt(id) ?? usedAt;
      this.#requests.set(id, { known, usedAt: monotonicMs(Math.max(askedAt, usedAt)) });
    }
    manager.aspire(withRequested(this.#aliased, [...this.#requests.values()]));
    this.#forgetUnfit(by);
  }

  /** What had to make room is not wanted any more: it would come back by itself and push others out. */
  #forgetUnfit(by: string | undefined): void {
    const fitting = this.#options.manager.fittingIds();
    for (const [id, request] of this.#requests) {
      if (fitting.has(id)) continue;
      this.#requests.delete(id);
      if (by === undefined) continue;
      // What still loads has told its caller that it failed; what had made room for it has now made room for the other.
      if (!this.#loading.has(id)) this.#displaced.set(id, { request, by });
      for (const [other, displaced] of this.#displaced) {
        if (displaced.by === id) this.#displaced.set(other, { request: displaced.request, by });
      }
    }
  }

  #bringBack(by: string): void {
    for (const [id, displaced] of this.#displaced) {
      if (displaced.by !== by) continue;
      this.#displaced.delete(id);
      this.#requests.set(id, displaced.request);
    }
  }

  #assertRoom(known: KnownVersion): void {
    const { memoryBytesMax, servablesMax, threadsPerServable } = this.#options.limits;
    const heldOnce = this.#aliased.reduce((sum, wanted) => sum + memoryBytesOf(wanted), 0);
    const held = heldOnce * threadsPerServable;
    const bytes = memoryBytesOf(known) * threadsPerServable;
    if (held + bytes > memoryBytesMax || this.#aliased.length >= servablesMax) {
      throw memoryFull(servableId(known), bytes, memoryBytesMax - held);
    }
  }

  /** Names all that somebody asked for, each once: what waits to be restored, what made room for a load, and what is wanted. */
  #kept(): readonly ServableName[] {
    const names = new Map<string, ServableName>();
    const displaced = [...this.#displaced.values()].map(({ request }) => request.known);
    const requested = [...this.#requests.values()].map(({ known }) => known);
    for (const { model, version } of [...this.#unrestored, ...displaced, ...requested]) {
      names.set(servableId({ model, version }), { model, version });
    }
    return [...names.values()];
  }

  async #remember(): Promise<void> {
    const { file, log } = this.#options;
    // What loads for the first time may end the process: it must not do so again after each restart.
    const names = this.#kept().filter((name) => {
      const id = servableId(name);
      return !this.#loading.has(id) || this.#unrestored.some((other) => servableId(other) === id);
    });
    // A full disk must not take a model away from who asks it; after a restart it is asked for again.
    await file.write(names).catch((error: unknown) => {
      log.warn('requests-not-kept', { message: messageOf(error) });
    });
  }

  #cannotRelease(
    model: string,
    version: number | undefined,
    isMeant: (of: ServableName) => boolean,
  ): MeshError {
    const aliased = this.#aliased.filter(isMeant);
    if (aliased.length > 0) {
      const roles = aliased.map((wanted) => `${servableId(wanted)} (${wanted.role})`).join(', ');
      return new MeshError({
        code: 'FAILED_PRECONDITION',
        reason: 'VERSION_IN_USE',
        message: `aliases point to ${roles}; take them away before the version is unloaded`,
      });
    }
    return new MeshError({
      code: 'NOT_FOUND',
      reason: version === undefined ? 'MODEL_UNKNOWN' : 'VERSION_UNKNOWN',
      message:
        version === undefined
          ? `no version of a model ${model} is loaded`
          : `version ${version} of model ${model} is not loaded`,
    });
  }
}

function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort);
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    if (signal.aborted) onAbort();
  });
}
