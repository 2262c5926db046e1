import { viewId } from '../../shared/compute/plan.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import type { Component } from '../../shared/kernel/component.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import { type CataloguedSet, catalogued } from '../core/catalogued-set.ts';
import type { ServedMesh } from '../core/served-mesh.ts';
import type { DefinitionCatalogue, OnlineStore } from '../ports.ts';

/** What a {@link DefinitionKeeper} works with. */
export interface DefinitionKeeperPorts {
  readonly catalogue: DefinitionCatalogue;
  /** Sets that are too many beside those that are served. */
  readonly crowdedOut: readonly CataloguedSet[];
  readonly online: Pick<OnlineStore, 'viewHash' | 'clearView'>;
  readonly clock: Clock;
  /** Learns of what failed while nobody waited for it. */
  readonly onBackgroundError: (error: unknown) => void;
}

/** How often it is written which sets were asked for: it only decides which ones go first, weeks later. */
const usagePauseMs = 60_000;

/** Keeps the catalogue of definitions: what is served, since when, and what was asked for last. */
export class DefinitionKeeper implements Component {
  readonly name = 'definitions';
  readonly #ports: DefinitionKeeperPorts;
  readonly #leaving = new AbortController();
  readonly #asked = new Set<string>();
  readonly #firstServedMs = new Map<string, number>();
  #running: Promise<void> = Promise.resolve();

  constructor(ports: DefinitionKeeperPorts) {
    this.#ports = ports;
  }

  start(): Promise<void> {
    this.#running = this.#writeUsage();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#leaving.abort(new Error('the feature service stops'));
    await this.#running;
    await this.#writeAsked().catch(this.#ports.onBackgroundError);
  }

  /**
   * Notes that a mesh is served from now on, and removes the states of views that it does not have. Nobody may write states
   * meanwhile.
   * @throws {MeshError} RESOURCE_EXHAUSTED / DISK_FULL; UNAVAILABLE / STORE_UNAVAILABLE
   */
  async settle(mesh: ServedMesh): Promise<void> {
    const { catalogue, crowdedOut, clock } = this.#ports;
    await this.#removeUnusedStates(mesh);
    const nowMs = clock.epoch();
    const known = catalogue.sets();
    const earlier = new Set(mesh.earlier.map(({ featureSet }) => featureSet.hash));
    const current = mesh.featureSets
      .filter(({ hash }) => !earlier.has(hash))
      .map((featureSet) => {
        const before = known.find((set) => set.featureSet.hash === featureSet.hash);
        const firstServedMs = before?.firstServedMs ?? nowMs;
        return catalogued(featureSet, mesh, { firstServedMs, lastUsedMs: nowMs });
      });
    const ended = crowdedOut.map((set) => endedSet(set, 'crowded-out', nowMs));
    await catalogue.put([...current, ...ended]);
    for (const { featureSet, firstServedMs } of [...mesh.earlier, ...current]) {
      this.#firstServedMs.set(featureSet.hash, firstServedMs);
    }
  }

  /** When a feature set that is served was served first, epoch ms; 0 before {@link settle}. */
  firstServedMs(hash: string): number {
    return this.#firstServedMs.get(hash) ?? 0;
  }

  /** Notes that a feature set was asked for. */
  noteAsked(hash: string): void {
    this.#asked.add(hash);
  }

  /** Notes that a feature set is not to be served any more. Durable when it resolves. */
  async retire(hash: string): Promise<void> {
    const { catalogue, clock } = this.#ports;
    const found = catalogue.sets().filter((set) => set.featureSet.hash === hash);
    await catalogue.put(found.map((set) => endedSet(set, 'retired', clock.epoch())));
    this.#asked.delete(hash);
  }

  async #removeUnusedStates(mesh: ServedMesh): Promise<void> {
    const { catalogue, online } = this.#ports;
    const used = mesh.views.map(({ id }) => id);
    // Before there was a catalogue, a view had one state, whatever its definition.
    const stored =
      catalogue.storedViews() ??
      mesh.views
        .map(({ source, by }) => viewId(source, by))
        .filter((id) => online.viewHash(id) !== undefined);
    const unused = stored.filter((id) => !used.includes(id));
    // Were this interrupted, the next start would find all of them again.
    await catalogue.putStoredViews([...new Set([...stored, ...used])]);
    for (const id of unused) await online.clearView(id);
    await catalogue.putStoredViews(used);
  }

  async #writeUsage(): Promise<void> {
    const { clock, onBackgroundError } = this.#ports;
    const { signal } = this.#leaving;
    while (!signal.aborted) {
      await clock.sleep(durationMs(usagePauseMs), signal).catch(() => undefined);
      if (!signal.aborted) await this.#writeAsked().catch(onBackgroundError);
    }
  }

  async #writeAsked(): Promise<void> {
    if (this.#asked.size === 0) return;
    const { catalogue, clock } = this.#ports;
    const lastUsedMs = clock.epoch();
    const asked = catalogue.sets().filter((set) => this.#asked.has(set.featureSet.hash));
    this.#asked.clear();
    await catalogue.put(asked.map((set) => ({ ...set, lastUsedMs })));
  }
}

function endedSet(
  set: CataloguedSet,
  because: 'retired' | 'crowded-out',
  atMs: number,
): CataloguedSet {
  return { ...set, ended: { because, atMs } };
}
