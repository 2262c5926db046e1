import type { Clock } from '../../shared/kernel/clock.ts';
import type { Component } from '../../shared/kernel/component.ts';
import { MeshError, messageOf } from '../../shared/kernel/mesh-error.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { ModelContract, RowContract } from '../core/model-contract.ts';
import { readyVersions } from '../core/ready-versions.ts';
import type { AliasPosition, RoutingAction, RoutingTable } from '../core/routing-table.ts';
import type { VersionSets } from '../core/version-sets.ts';
import type { RegistryListener } from '../ports.ts';
import type { FallbackModels } from './fallback-models.ts';
import type { HostedVersions } from './hosted-versions.ts';
import type { RegistryFeed } from './registry-feed.ts';

/** What keeps a routing table up to date. */
export interface RoutingSyncOptions {
  readonly table: RoutingTable;
  readonly sets: VersionSets;
  /** Asks how rows of a feature set are made, as fetchRowContract. */
  readonly fetchSet: (featureSetHash: string, signal: AbortSignal) => Promise<RowContract>;
  readonly feed: Pick<RegistryFeed, 'follow' | 'fetch'>;
  readonly hosted: HostedVersions;
  readonly fallbacks: Pick<FallbackModels, 'load'>;
  readonly contracts: ReadonlyMap<string, ModelContract>;
  readonly clock: Clock;
  readonly onProblem: (what: string, error: unknown) => void;
  /** Called once nothing is asked any more. */
  readonly onStop: () => void;
}

/** While a wanted version does not answer, its readiness is asked for so often; otherwise rarely, to know what is warm. */
const awaitingPollMs = durationMs(50);
const idlePollMs = durationMs(1_000);
const fallbackRetryMs = durationMs(1_000);
/** A feature service may start again over another mesh file, and serve the set then. */
const setRetryMs = durationMs(1_000);

/** A fallback model on its way. */
interface FallbackLoad {
  /** Another version is wanted. */
  readonly outdated: AbortController;
  readonly ended: Promise<void>;
}

/** Keeps a routing table up to date: aliases from the registry, readiness from the prediction service, fallback models loaded here. */
export class RoutingSync implements Component {
  readonly name = 'routing';
  readonly #options: RoutingSyncOptions;
  readonly #leaving = new AbortController();
  readonly #work = new Set<Promise<void>>();
  /** Hashes of feature sets that are being asked for. */
  readonly #askedSets = new Set<string>();
  /** The last one of each model. */
  readonly #fallbackLoads = new Map<string, FallbackLoad>();
  #fallbacksLoading = 0;
  #poke = () => {};

  constructor(options: RoutingSyncOptions) {
    this.#options = options;
  }

  /** Starts to follow; resolves once the registry has told its aliases, what is ready is known and fallback models run, or after 2 s. */
  async start(): Promise<void> {
    const { signal } = this.#leaving;
    this.#begin(this.#options.feed.follow(this.#listener(), signal));
    this.#begin(this.#pollReady(signal));
    const isRouted = () =>
      this.#options.table
        .all()
        .some(({ productionVersion, fallbackVersion }) => productionVersion + fallbackVersion > 0);
    const { table, contracts } = this.#options;
    const isSettled = () =>
      this.#fallbacksLoading === 0 &&
      ![...contracts.keys()].some((model) => table.isAwaiting(model));
    // Whoever asks a router that has just started should get what another one would give.
    for (let tries = 0; tries < 40 && !(isRouted() && isSettled()); tries += 1) {
      await this.#sleep(awaitingPollMs);
    }
  }

  async stop(): Promise<void> {
    this.#leaving.abort(new Error('the router stops'));
    this.#poke();
    await Promise.all(this.#work);
    this.#options.onStop();
  }

  #listener(): RegistryListener {
    const { sets } = this.#options;
    return {
      onVersion: (model, version, hash) => sets.learnVersion(model, version, hash),
      onAlias: (position) => this.#onAlias(position),
      onTraffic: (traffic) => this.#options.table.steer(traffic),
    };
  }

  #onAlias(position: AliasPosition): void {
    const wanted = this.#options.sets.wantedSet(position.model, position.version);
    if (wanted !== undefined && !this.#askedSets.has(wanted)) {
      this.#askedSets.add(wanted);
      this.#begin(this.#askSet(wanted));
    }
    for (const action of this.#options.table.apply(position)) this.#act(action);
    this.#poke();
  }

  #act(action: RoutingAction): void {
    if (action.kind !== 'load-fallback') return;
    const { model, version } = action;
    const before = this.#fallbackLoads.get(model);
    before?.outdated.abort(new Error(`version ${version} is wanted`));
    const outdated = new AbortController();
    const signal = AbortSignal.any([this.#leaving.signal, outdated.signal]);
    this.#fallbacksLoading += 1;
    // One after the other: a version whose thread starts right now must not take the place of a newer one.
    const ended = (before?.ended ?? Promise.resolve())
      .then(() => this.#loadFallback(model, version, signal))
      .finally(() => {
        this.#fallbacksLoading -= 1;
      });
    this.#begin(ended);
    this.#fallbackLoads.set(model, { outdated, ended: ended.catch(() => undefined) });
  }

  /** Asks until it is known how rows of a feature set are made; meanwhile its versions are refused with a reason. */
  async #askSet(hash: string): Promise<void> {
    const { sets, fetchSet, onProblem } = this.#options;
    const { signal } = this.#leaving;
    let toldReason = '';
    while (!signal.aborted) {
      try {
        sets.learnSet(hash, await fetchSet(hash, signal));
        this.#poke();
        return;
      } catch (error) {
        if (signal.aborted) return;
        const reason = error instanceof MeshError ? error.reason : 'INTERNAL';
        if (reason === 'FEATURE_SET_UNKNOWN') sets.learnSet(hash, reason);
        if (reason !== toldReason) onProblem(`feature set ${hash.slice(0, 12)}`, error);
        toldReason = reason;
        await this.#sleep(setRetryMs);
      }
    }
  }

  /** Tries until the version runs; `signal` aborts when another one is wanted. */
  async #loadFallback(model: string, version: number, signal: AbortSignal): Promise<void> {
    const { feed, fallbacks, table, onProblem } = this.#options;
    while (!signal.aborted) {
      try {
        const artifact = await feed.fetch(model, version, signal);
        signal.throwIfAborted();
        await fallbacks.load(model, artifact);
        table.fallbackLoaded(model, version);
        return;
      } catch (error) {
        if (signal.aborted) return;
        onProblem(`fallback model ${model} version ${version}`, error);
        if (error instanceof MeshError && error.code === 'DATA_LOSS') return;
        await this.#sleep(fallbackRetryMs, signal);
      }
    }
  }

  async #pollReady(signal: AbortSignal): Promise<void> {
    const { table, contracts, hosted, onProblem } = this.#options;
    const models = [...contracts.keys()];
    let lastProblem = '';
    while (!signal.aborted) {
      try {
        const replicas = await hosted.read(signal);
        for (const model of models) {
          const ready = readyVersions(replicas, model);
          table.setReady(
            model,
            ready.filter((version) => this.#canAnswer(model, version)),
          );
        }
        lastProblem = '';
      } catch (error) {
        if (!signal.aborted && messageOf(error) !== lastProblem) {
          lastProblem = messageOf(error);
          onProblem('readiness of the prediction service', error);
        }
      }
      const isAwaiting = models.some((model) => table.isAwaiting(model));
      await this.#waitFor(isAwaiting ? awaitingPollMs : idlePollMs);
    }
  }

  /** A version without rows takes no other's place; where there is no other, its answers say why the model was skipped. */
  #canAnswer(model: string, version: number): boolean {
    const { sets, table, contracts } = this.#options;
    const contract = contracts.get(model);
    if (contract === undefined || sets.rowsOf(contract, version).kind === 'rows') return true;
    const { productionVersion } = table.get(model);
    const isAlone = productionVersion === 0 || productionVersion === version;
    return isAlone && sets.isSettled(model, version);
  }

  /** Waits, or until an alias moves: then what is wanted is asked for at once. */
  async #waitFor(duration: typeof idlePollMs): Promise<void> {
    const poked = new Promise<void>((resolve) => {
      this.#poke = resolve;
    });
    await Promise.race([this.#sleep(duration), poked]);
  }

  async #sleep(duration: typeof idlePollMs, signal = this.#leaving.signal): Promise<void> {
    await this.#options.clock.sleep(duration, signal).catch(() => undefined);
  }

  #begin(work: Promise<void>): void {
    const running = work.catch((error: unknown) => this.#options.onProblem('routing', error));
    this.#work.add(running);
    void running.then(() => this.#work.delete(running));
  }
}
