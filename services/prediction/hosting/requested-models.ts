import type { Clock } from '../../shared/kernel/clock.ts';
import type { Logger } from '../../shared/kernel/logger.ts';
import { MeshError, messageOf } from '../../shared/kernel/mesh-error.ts';
import { durationMs, type MonotonicMs, monotonicMs } from '../../shared/kernel/units.ts';
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
  readonly limits: Pick<PlanLimits, 'servablesMax' | 'memoryBytesMax'>;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Request {
  readonly known: KnownVersion;
  readonly requestedAt: MonotonicMs;
}

// A restarted registry is there again within a second or two.
const retryMs = durationMs(2_000);

/**
 * Versions that are hosted because somebody asked for them, beside those that aliases point to. They have what memory the others
 * leave, and the least recently used makes room for a new one; what an alias points to is never taken away.
 */
export class RequestedModels {
  readonly #options: RequestedModelsOptions;
  readonly #requests = new Map<string, Request>();
  #aliased: readonly WantedServable[] = [];

  constructor(options: RequestedModelsOptions) {
    this.#options = options;
  }

  /** Takes what the registry's aliases point to now. */
  follow(view: RegistryView): void {
    this.#aliased = wantedServables(view);
    this.#aspire();
  }

  /** Asks again, in their order, for what was asked for before the process ended; goes on until the registry has answered. */
  async restore(signal: AbortSignal): Promise<void> {
    const { file, clock, log } = this.#options;
    for (const { model, version } of await file.read()) {
      while (!signal.aborted) {
        try {
          await this.load(model, version, signal);
          break;
        } catch (error) {
          log.warn('request-not-restored', { model, version, message: messageOf(error) });
          if (!(error instanceof MeshError) || error.reason !== 'PEER_UNAVAILABLE') break;
          await clock.sleep(retryMs, signal).catch(() => undefined);
        }
      }
    }
  }

  /**
   * Hosts a version, or the newest one of a model, and waits until it is ready.
   * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN or VERSION_UNKNOWN; RESOURCE_EXHAUSTED / MEMORY_FULL; what its load fails
   * with; UNAVAILABLE / PEER_UNAVAILABLE while the registry is down.
   */
  async load(model: string, version: number | undefined, signal: AbortSignal): Promise<void> {
    const { manager, lookup, clock } = this.#options;
    const known = await lookup.find(model, version, signal);
    if (known.spec instanceof MeshError) throw known.spec;
    const id = servableId(known);
    if (!this.#isAliased(id)) {
      this.#assertRoom(known);
      this.#requests.set(id, { known, requestedAt: clock.monotonic() });
      this.#aspire();
    }
    const error = await manager.whenSettled(id, signal);
    if (error !== undefined) {
      if (this.#requests.delete(id)) this.#aspire();
      throw error;
    }
    await this.#remember();
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
    const ids = [...this.#requests]
      .filter(([id, { known }]) => isMeant(known) && !this.#isAliased(id))
      .map(([id]) => id);
    if (ids.length === 0) throw this.#cannotRelease(model, version, isMeant);
    for (const id of ids) this.#requests.delete(id);
    this.#aspire();
    await this.#remember();
    await Promise.all(ids.map((id) => manager.whenGone(id, signal)));
  }

  #isAliased(id: string): boolean {
    return this.#aliased.some((wanted) => servableId(wanted) === id);
  }

  #aspire(): void {
    const { manager } = this.#options;
    const requested = [...this.#requests].map(([id, { known, requestedAt }]): RequestedServable => {
      const askedAt = manager.askedAt(id) ?? requestedAt;
      return { known, usedAt: monotonicMs(Math.max(askedAt, requestedAt)) };
    });
    manager.aspire(withRequested(this.#aliased, requested));
    this.#forgetUnfit();
  }

  /** What had to make room is not wanted any more: it would come back by itself and push others out. */
  #forgetUnfit(): void {
    const fitting = this.#options.manager.fittingIds();
    for (const id of this.#requests.keys()) if (!fitting.has(id)) this.#requests.delete(id);
  }

  #assertRoom(known: KnownVersion): void {
    const { memoryBytesMax, servablesMax } = this.#options.limits;
    const held = this.#aliased.reduce((sum, wanted) => sum + memoryBytesOf(wanted), 0);
    const bytes = memoryBytesOf(known);
    if (held + bytes > memoryBytesMax || this.#aliased.length >= servablesMax) {
      throw memoryFull(servableId(known), bytes, memoryBytesMax - held);
    }
  }

  async #remember(): Promise<void> {
    const { file, log } = this.#options;
    const names = [...this.#requests.values()].map(({ known: { model, version } }) => ({
      model,
      version,
    }));
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
