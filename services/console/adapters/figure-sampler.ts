import type { Clock } from '../../shared/kernel/clock.ts';
import type { Component } from '../../shared/kernel/component.ts';
import { tierShares } from '../../shared/kernel/tier-shares.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { ClientResponseOf } from '../../shared/platform/grpc/service-types.ts';
import { FigureHistory } from '../core/figure-history.ts';
import type { ModelFigures } from '../core/views.ts';
import type { MeshClients } from './mesh-clients.ts';
import { SamplingLoop } from './sampling-loop.ts';
import { wordOf } from './wire-words.ts';

type Summary = ClientResponseOf<'mlmesh.monitor.v1.MonitorService', 'getSummary'>;

/** What a sampler is made of. */
export interface FigureSamplerParts {
  readonly monitor: Pick<MeshClients['monitor'], 'getSummary'>;
  readonly models: readonly string[];
  readonly clock: Clock;
}

/** A point every 5 s: 720 an hour, one a pixel of a chart. */
const everyMs = durationMs(5_000);

/** Asks the monitor for the figures of each model, now and then whether or not anybody looks, so that whoever opens the console sees the last hour. */
export class FigureSampler implements Component {
  readonly name = 'figure-sampler';
  readonly #parts: FigureSamplerParts;
  readonly #histories: ReadonlyMap<string, FigureHistory>;
  readonly #loop: SamplingLoop;

  constructor(parts: FigureSamplerParts) {
    this.#parts = parts;
    this.#histories = new Map(parts.models.map((model) => [model, new FigureHistory()]));
    const { clock, models } = parts;
    const sample = (model: string, signal: AbortSignal) => this.#sample(model, signal);
    this.#loop = new SamplingLoop({ name: this.name, clock, everyMs, models, sample });
  }

  start(): Promise<void> {
    return this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** Gives what has been seen of a model; an empty history for one that the mesh does not have. */
  historyOf(model: string): FigureHistory {
    return this.#histories.get(model) ?? new FigureHistory();
  }

  /**
   * Asks for the figures of a model as they are now.
   * @throws {MeshError} what the monitor says, or UNAVAILABLE / PEER_UNAVAILABLE
   */
  async figuresOf(model: string, signal: AbortSignal): Promise<ModelFigures> {
    return figuresOf(await this.#parts.monitor.getSummary({ model }, { signal }));
  }

  async #sample(model: string, signal: AbortSignal): Promise<void> {
    const { clock, monitor } = this.#parts;
    const summary = await monitor.getSummary({ model }, { signal });
    this.historyOf(model).add({
      atMs: clock.epoch(),
      perSecond: summary.predictionsPerSecond,
      latencyP50Ms: summary.latencyP50Ms,
      latencyP99Ms: summary.latencyP99Ms,
      degradedShare: summary.recentDegradedShare,
      answers: summary.predictions,
    });
  }
}

function figuresOf(summary: Summary): ModelFigures {
  const shares = tierShares(summary.tiers);
  return {
    predictions: summary.predictions,
    perSecond: summary.predictionsPerSecond,
    latencyP50Ms: summary.latencyP50Ms,
    latencyP99Ms: summary.latencyP99Ms,
    tiers: summary.tiers
      .map(({ tier, version }, index) => ({
        ...{ tier: wordOf(tier, 'TIER_'), version },
        share: shares[index] ?? 0,
      }))
      .filter(({ share }) => share > 0),
    shadowPairs: summary.shadowPairs,
    shadowExpected: summary.shadowExpected,
    shadowAgreement: summary.shadowAgreement,
    auc: summary.auc === 0 ? undefined : summary.auc,
    outcomes: summary.outcomes,
    businessValue: summary.businessValue,
    parityChecked: summary.parityChecked,
    parityMismatches: summary.parityMismatches,
    parityPending: summary.parityPending,
    dropped: summary.dropped,
    newestAtMs: summary.newestAtMs,
  };
}
