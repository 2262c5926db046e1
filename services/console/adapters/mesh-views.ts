import type { Clock } from '../../shared/kernel/clock.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { AlertItem, AlertsView, AlertView } from '../core/alert-views.ts';
import type { DriftView } from '../core/drift-views.ts';
import type { FeaturesView } from '../core/feature-views.ts';
import { lineageOf } from '../core/lineage.ts';
import type { QualityView } from '../core/outcome-views.ts';
import type { Person } from '../core/person.ts';
import type { TracesView, TraceView } from '../core/trace-views.ts';
import { joinVerdicts, type VerdictItem } from '../core/verdict-views.ts';
import type { Fault } from '../core/view-base.ts';
import type {
  AliasItem,
  ComparisonItem,
  HistoryView,
  ModelCard,
  ModelView,
  OverviewView,
} from '../core/views.ts';
import type { Asker, ViewQuery, Views } from '../ports.ts';
import { FaultList } from './fault-list.ts';
import type { FigureSampler } from './figure-sampler.ts';
import type { LiftSampler } from './lift-sampler.ts';
import type { MeshClients } from './mesh-clients.ts';
import { explainAlert, readAlerts, readSilences } from './read-alerts.ts';
import { readDrift } from './read-drift.ts';
import { readDefinitions } from './read-features.ts';
import {
  nextVersion,
  readChecklist,
  readCohorts,
  readComparisons,
  readRamp,
  readVersions,
} from './read-model.ts';
import { readQuality, readVerdicts } from './read-outcomes.ts';
import { readTrace, readTraces } from './read-traces.ts';
import type { RegistryFeed } from './registry-feed.ts';
import { Remembered } from './remembered.ts';
import type { ServiceHealth } from './service-health.ts';

/** What the views are read from. */
export interface MeshViewsParts {
  readonly mesh: string;
  readonly models: readonly string[];
  /** Whether a replay owns time. */
  readonly hasVirtualClock: boolean;
  /** The console's own, for what everybody with a role may see. */
  readonly clients: MeshClients;
  /** Gives those that ask in the name of a person: traces are not for everybody. */
  readonly clientsOf: (person: Person | undefined) => MeshClients;
  readonly health: ServiceHealth;
  readonly sampler: FigureSampler;
  readonly lifts: LiftSampler;
  readonly feed: RegistryFeed;
  readonly clock: Clock;
}

type Reader = (query: ViewQuery, asker: Asker) => Promise<object>;

/** Items of a timeline that a page shows. */
const timelineMax = 200;
/** What makes the monitor read thousands of records is asked for every 10 s, not each time that a page is drawn. */
const dearMs = 10_000;
/** Alerts that a page shows. */
const alertsMax = 200;

/** Reads the views of the console from the services of a mesh. */
export class MeshViews implements Views {
  readonly #parts: MeshViewsParts;
  readonly #readers: ReadonlyMap<string, Reader>;
  readonly #comparisons: Remembered<readonly ComparisonItem[]>;
  readonly #drift: Remembered<DriftView>;
  readonly #quality: Remembered<QualityView>;
  readonly #verdicts: Remembered<readonly VerdictItem[]>;

  constructor(parts: MeshViewsParts) {
    this.#parts = parts;
    this.#comparisons = new Remembered(parts.clock, dearMs);
    this.#drift = new Remembered(parts.clock, dearMs);
    this.#quality = new Remembered(parts.clock, dearMs);
    this.#verdicts = new Remembered(parts.clock, dearMs);
    this.#readers = new Map<string, Reader>([
      ['overview', (_, { signal }) => this.#overview(signal)],
      ['model', (query, { signal }) => this.#model(query, signal)],
      ['alerts', (_, { signal }) => this.#alerts(signal)],
      ['alert', (query, { signal }) => this.#alert(query, signal)],
      ['features', (_, { signal }) => this.#features(signal)],
      ['traces', (_, asker) => this.#traces(asker)],
      ['trace', (query, asker) => this.#trace(query, asker)],
      ['history', (query) => Promise.resolve(this.#history(query))],
    ]);
  }

  get names(): ReadonlySet<string> {
    return new Set(this.#readers.keys());
  }

  read(name: string, query: ViewQuery, asker: Asker): Promise<object> {
    const reader = this.#readers.get(name);
    if (reader === undefined) throw viewUnknown(name, [...this.#readers.keys()]);
    return reader(query, asker);
  }

  onChange(listen: () => void): () => void {
    return this.#parts.feed.onChange(listen);
  }

  async #overview(signal: AbortSignal): Promise<OverviewView> {
    const { models, health, sampler } = this.#parts;
    const faults = new FaultList();
    const [services, alerts, cards] = await Promise.all([
      health.read(signal),
      this.#present(faults, signal),
      Promise.all(models.map((model) => this.#card(model, faults, signal))),
    ]);
    const points = models.flatMap((model) => {
      const point = sampler.historyOf(model).last();
      return point === undefined ? [] : [[model, point] as const];
    });
    return {
      ...this.#base(faults.list()),
      ...{ services, models: cards, alerts: alerts.filter(isUpon) },
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
    const [card, versions, checklist, comparisons, cohorts, ramp, drift, outcomes, alerts] =
      await Promise.all([
        this.#card(model, faults, signal),
        ask('registry', readVersions(clients, model, signal)),
        wanted === 0 ? undefined : ask('registry', readChecklist(clients, model, wanted, signal)),
        ask('monitor', this.#compared(model, aliases)),
        ask('router', readCohorts(clients, model, signal)),
        ask('registry', readRamp(clients, model, signal)),
        ask(
          'monitor',
          this.#drift.soon(model, () => readDrift(clients, model)),
        ),
        this.#outcomes(model, aliases, faults),
        this.#present(faults, signal),
      ]);
    return {
      ...this.#base(faults.list()),
      ...{ card, checklist, ramp, drift, comparisons },
      ...outcomes,
      point: sampler.historyOf(model).last(),
      alerts: alerts.filter((alert) => alert.model === model && isUpon(alert)),
      versions: versions ?? [],
      timeline: feed.timeline(model, timelineMax),
      cohorts: cohorts ?? [],
    };
  }

  #compared(
    model: string,
    aliases: readonly AliasItem[],
  ): Promise<readonly ComparisonItem[] | undefined> {
    const { clients } = this.#parts;
    const key = positionKey(model, aliases);
    return this.#comparisons.soon(key, () => readComparisons(clients, model, aliases));
  }

  /** What outcomes say of a model, and what the monitor decided. */
  async #outcomes(model: string, aliases: readonly AliasItem[], faults: FaultList) {
    const { clients, lifts } = this.#parts;
    const key = positionKey(model, aliases);
    const listed = async () => joinVerdicts(await readVerdicts(clients, model));
    const [quality, lift, verdicts] = await Promise.all([
      faults.ask(
        'monitor',
        this.#quality.soon(key, () => readQuality(clients, model)),
      ),
      faults.ask('monitor', lifts.liftSoon(model)),
      faults.ask('monitor', this.#verdicts.soon(key, listed)),
    ]);
    return { quality, lift, verdicts };
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

  async #present(faults: FaultList, signal: AbortSignal): Promise<readonly AlertItem[]> {
    return (await faults.ask('monitor', readAlerts(this.#parts.clients, false, signal))) ?? [];
  }

  async #alerts(signal: AbortSignal): Promise<AlertsView> {
    const { clients } = this.#parts;
    const faults = new FaultList();
    const [alerts, silences] = await Promise.all([
      faults.ask('monitor', readAlerts(clients, true, signal)),
      faults.ask('monitor', readSilences(clients, signal)),
    ]);
    const shown = (alerts ?? []).slice(0, alertsMax);
    return { ...this.#base(faults.list()), alerts: shown, silences: silences ?? [] };
  }

  async #alert(query: ViewQuery, signal: AbortSignal): Promise<AlertView> {
    const explained = await explainAlert(this.#parts.clients, query.get('id') ?? '', signal);
    return { ...this.#base([]), ...explained };
  }

  async #features(signal: AbortSignal): Promise<FeaturesView> {
    const { clients, models, sampler, clock, hasVirtualClock } = this.#parts;
    const faults = new FaultList();
    const figures = await Promise.all(
      models.map((model) => faults.ask('monitor', sampler.figuresOf(model, signal))),
    );
    const newestAtMs = Math.max(0, ...figures.map((each) => each?.newestAtMs ?? 0));
    const nowMs = hasVirtualClock ? newestAtMs : clock.epoch();
    const known = await faults.ask('feature', readDefinitions(clients, nowMs, signal));
    const nothing = {
      features: [],
      views: [],
      events: 0,
      lineage: lineageOf({ features: [], sets: [] }),
    };
    const parity = models.flatMap((model, index) => {
      const found = figures[index];
      if (found === undefined) return [];
      const { parityChecked, parityMismatches, parityPending } = found;
      return [
        { model, checked: parityChecked, mismatches: parityMismatches, pending: parityPending },
      ];
    });
    return { ...this.#base(faults.list()), ...(known ?? nothing), parity };
  }

  async #traces({ person, signal }: Asker): Promise<TracesView> {
    const faults = new FaultList();
    const traces = await faults.ask('monitor', readTraces(this.#parts.clientsOf(person), signal));
    return { ...this.#base(faults.list()), traces: traces ?? [] };
  }

  async #trace(query: ViewQuery, { person, signal }: Asker): Promise<TraceView> {
    const trace = await readTrace(this.#parts.clientsOf(person), query.get('id') ?? '', signal);
    return { ...this.#base([]), ...trace };
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

/** Names where the aliases of a model point: what is remembered under it is asked for again when one of them moves. */
function positionKey(model: string, aliases: readonly AliasItem[]): string {
  return [model, ...aliases.map(({ alias, generation }) => `${alias} ${generation}`)].join();
}

/** Whether an alert is upon somebody now, delivered or silenced: one that is pending may never be. */
function isUpon({ state }: AlertItem): boolean {
  return state === 'firing' || state === 'silenced';
}

function viewUnknown(name: string, names: readonly string[]): MeshError {
  return new MeshError({
    code: 'NOT_FOUND',
    reason: 'INVALID_FIELD',
    message: `the console has no view '${name}'; wanted one of ${names.join(', ')}`,
  });
}
