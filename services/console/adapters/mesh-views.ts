import type { Clock } from '../../shared/kernel/clock.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type {
  AlertItem,
  Fault,
  HistoryView,
  ModelCard,
  ModelView,
  OverviewView,
} from '../core/views.ts';
import type { ViewQuery, Views } from '../ports.ts';
import { FaultList } from './fault-list.ts';
import type { FigureSampler } from './figure-sampler.ts';
import type { MeshClients } from './mesh-clients.ts';
import { alertItems } from './read-alerts.ts';
import {
  nextVersion,
  readChecklist,
  readCohorts,
  readComparisons,
  readRamp,
  readVersions,
} from './read-model.ts';
import type { RegistryFeed } from './registry-feed.ts';
import type { ServiceHealth } from './service-health.ts';

/** What the views are read from. */
export interface MeshViewsParts {
  readonly mesh: string;
  readonly models: readonly string[];
  readonly clients: MeshClients;
  readonly health: ServiceHealth;
  readonly sampler: FigureSampler;
  readonly feed: RegistryFeed;
  readonly clock: Clock;
}

type Reader = (query: ViewQuery, signal: AbortSignal) => Promise<object>;

/** Items of a timeline that a page shows. */
const timelineMax = 200;

/** Reads the views of the console from the services of a mesh. */
export class MeshViews implements Views {
  readonly #parts: MeshViewsParts;
  readonly #readers: ReadonlyMap<string, Reader>;

  constructor(parts: MeshViewsParts) {
    this.#parts = parts;
    this.#readers = new Map<string, Reader>([
      ['overview', (_, signal) => this.#overview(signal)],
      ['model', (query, signal) => this.#model(query, signal)],
      ['history', (query) => Promise.resolve(this.#history(query))],
    ]);
  }

  get names(): ReadonlySet<string> {
    return new Set(this.#readers.keys());
  }

  read(name: string, query: ViewQuery, signal: AbortSignal): Promise<object> {
    const reader = this.#readers.get(name);
    if (reader === undefined) throw viewUnknown(name, [...this.#readers.keys()]);
    return reader(query, signal);
  }

  onChange(listen: () => void): () => void {
    return this.#parts.feed.onChange(listen);
  }

  async #overview(signal: AbortSignal): Promise<OverviewView> {
    const { models, health, sampler } = this.#parts;
    const faults = new FaultList();
    const [services, alerts, cards] = await Promise.all([
      health.read(signal),
      this.#alerts(faults, signal),
      Promise.all(models.map((model) => this.#card(model, faults, signal))),
    ]);
    const points = models.flatMap((model) => {
      const point = sampler.historyOf(model).last();
      return point === undefined ? [] : [[model, point] as const];
    });
    const firing = alerts.filter(({ untilMs }) => untilMs === 0);
    return {
      ...this.#base(faults.list()),
      ...{ services, models: cards, alerts: firing },
      points: Object.fromEntries(points),
    };
  }

  async #model(query: ViewQuery, signal: AbortSignal): Promise<ModelView> {
    const { clients, feed, sampler } = this.#parts;
    const model = this.#knownModel(query);
    const faults = new FaultList();
    const aliases = feed.aliases(model);
    const wanted = Number(query.get('version') ?? 0) || nextVersion(aliases);
    const ask: FaultList['ask'] = (service, answer) => faults.ask(service, answer);
    const [card, versions, checklist, comparisons, cohorts, ramp, alerts] = await Promise.all([
      this.#card(model, faults, signal),
      ask('registry', readVersions(clients, model, signal)),
      wanted === 0 ? undefined : ask('registry', readChecklist(clients, model, wanted, signal)),
      ask('monitor', readComparisons(clients, model, aliases, signal)),
      ask('router', readCohorts(clients, model, signal)),
      ask('registry', readRamp(clients, model, signal)),
      this.#alerts(faults, signal),
    ]);
    return {
      ...this.#base(faults.list()),
      ...{ card, checklist, ramp },
      point: sampler.historyOf(model).last(),
      alerts: alerts.filter((alert) => alert.model === model && alert.untilMs === 0),
      versions: versions ?? [],
      timeline: feed.timeline(model, timelineMax),
      comparisons: comparisons ?? [],
      cohorts: cohorts ?? [],
    };
  }

  #history(query: ViewQuery): HistoryView {
    return { points: this.#parts.sampler.historyOf(this.#knownModel(query)).points() };
  }

  async #card(model: string, faults: FaultList, signal: AbortSignal): Promise<ModelCard> {
    const { sampler, feed } = this.#parts;
    return {
      model,
      aliases: feed.aliases(model),
      figures: await faults.ask('monitor', sampler.figuresOf(model, signal)),
      budget: sampler.historyOf(model).budget(),
    };
  }

  async #alerts(faults: FaultList, signal: AbortSignal): Promise<readonly AlertItem[]> {
    const { monitor } = this.#parts.clients;
    const answer = monitor.listAlerts({ includeResolved: true }, { signal });
    return alertItems((await faults.ask('monitor', answer))?.alerts ?? []);
  }

  #base(faults: readonly Fault[]) {
    return { mesh: this.#parts.mesh, atMs: this.#parts.clock.epoch(), faults };
  }

  #knownModel(query: ViewQuery): string {
    const { models } = this.#parts;
    const model = query.get('model') ?? '';
    if (models.includes(model)) return model;
    throw new MeshError({
      code: 'NOT_FOUND',
      reason: 'MODEL_UNKNOWN',
      message: `no model is called '${model}'; this mesh has ${models.join(', ') || 'none'}`,
    });
  }
}

function viewUnknown(name: string, names: readonly string[]): MeshError {
  return new MeshError({
    code: 'NOT_FOUND',
    reason: 'INVALID_FIELD',
    message: `the console has no view '${name}'; wanted one of ${names.join(', ')}`,
  });
}
