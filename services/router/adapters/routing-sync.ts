import type { Clock } from '../../shared/kernel/clock.ts';
import type { Component } from '../../shared/kernel/component.ts';
import { MeshError, messageOf } from '../../shared/kernel/mesh-error.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { ServiceClient } from '../../shared/platform/grpc/client.ts';
import type { AliasPosition, RoutingAction, RoutingTable } from '../core/routing-table.ts';
import type { FallbackModels } from './fallback-models.ts';
import type { RegistryFeed } from './registry-feed.ts';

/** What keeps a routing table up to date. */
export interface RoutingSyncOptions {
  readonly table: RoutingTable;
  readonly feed: RegistryFeed;
  readonly prediction: ServiceClient<'mlmesh.prediction.v1.PredictionService'>;
  readonly fallbacks: FallbackModels;
  readonly models: readonly string[];
  readonly clock: Clock;
  readonly onProblem: (what: string, error: unknown) => void;
  /** Called once nothing is asked any more. */
  readonly onStop: () => void;
}

/** While a wanted version does not answer, its readiness is asked for so often; otherwise rarely, to know what is warm. */
const awaitingPollMs = durationMs(50);
const idlePollMs = durationMs(1_000);
const statusMs = durationMs(2_000);
const fallbackRetryMs = durationMs(1_000);

/** Keeps a routing table up to date: aliases from the registry, readiness from the prediction service, fallback models loaded here. */
export class RoutingSync implements Component {
  readonly name = 'routing';
  readonly #options: RoutingSyncOptions;
  readonly #leaving = new AbortController();
  readonly #work = new Set<Promise<void>>();
  #poke = () => {};

  constructor(options: RoutingSyncOptions) {
    this.#options = options;
  }

  /** Starts to follow; resolves once the registry has told its aliases and what is ready is known, or after 2 s without them. */
  async start(): Promise<void> {
    const { signal } = this.#leaving;
    this.#begin(this.#options.feed.follow((position) => this.#onAlias(position), signal));
    this.#begin(this.#pollReady(signal));
    const isRouted = () =>
      this.#options.table.all().some((routing) => routing.productionVersion > 0);
    for (let tries = 0; tries < 40 && !isRouted(); tries += 1) await this.#sleep(awaitingPollMs);
  }

  async stop(): Promise<void> {
    this.#leaving.abort(new Error('the router stops'));
    this.#poke();
    await Promise.all(this.#work);
    this.#options.onStop();
  }

  #onAlias(position: AliasPosition): void {
    for (const action of this.#options.table.apply(position)) this.#act(action);
    this.#poke();
  }

  #act(action: RoutingAction): void {
    if (action.kind === 'load-fallback')
      this.#begin(this.#loadFallback(action.model, action.version));
  }

  async #loadFallback(model: string, version: number): Promise<void> {
    const { feed, fallbacks, table, onProblem } = this.#options;
    const { signal } = this.#leaving;
    while (!signal.aborted) {
      try {
        await fallbacks.load(model, await feed.fetch(model, version, signal));
        table.fallbackLoaded(model, version);
        return;
      } catch (error) {
        if (signal.aborted) return;
        onProblem(`fallback model ${model} version ${version}`, error);
        if (error instanceof MeshError && error.reason === 'ARTIFACT_CORRUPT') return;
        await this.#sleep(fallbackRetryMs);
      }
    }
  }

  async #pollReady(signal: AbortSignal): Promise<void> {
    const { table, models, prediction, onProblem } = this.#options;
    let lastProblem = '';
    while (!signal.aborted) {
      try {
        const status = await prediction.modelStatus({}, { timeoutMs: statusMs, signal });
        for (const model of models) {
          const ready = status.servables.filter(
            (servable) => servable.model === model && servable.state === 'SERVABLE_STATE_READY',
          );
          table.setReady(
            model,
            ready.map(({ version }) => version),
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

  /** Waits, or until an alias moves: then what is wanted is asked for at once. */
  async #waitFor(duration: typeof idlePollMs): Promise<void> {
    const poked = new Promise<void>((resolve) => {
      this.#poke = resolve;
    });
    await Promise.race([this.#sleep(duration), poked]);
  }

  async #sleep(duration: typeof idlePollMs): Promise<void> {
    await this.#options.clock.sleep(duration, this.#leaving.signal).catch(() => undefined);
  }

  #begin(work: Promise<void>): void {
    const running = work.catch((error: unknown) => this.#options.onProblem('routing', error));
    this.#work.add(running);
    void running.then(() => this.#work.delete(running));
  }
}
