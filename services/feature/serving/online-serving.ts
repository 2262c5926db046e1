import { FeatureVector } from '../../shared/compute/feature-vector.ts';
import type { Mesh } from '../../shared/definition/mesh.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import { Checkpoint } from '../core/checkpoint.ts';
import type { ViewStats } from '../core/entity-store.ts';
import {
  decodeEventRecord,
  type EventRecord,
  readEventRecordHead,
  type SourceEvents,
} from '../core/event-codec.ts';
import {
  type CheckedQuery,
  type EventTimes,
  type MissingEntities,
  OnlineFeatures,
  type VectorQuery,
} from '../core/online-features.ts';
import { holdEntities, OnlineState } from '../core/online-state.ts';
import { stateHash } from '../core/state-hash.ts';
import { stateLost } from '../core/state-lost.ts';
import type { EventStore, JobRunner, OnlineStore } from '../ports.ts';

/** What an {@link OnlineServing} works with. */
export interface OnlineServingPorts {
  readonly mesh: Mesh;
  readonly store: EventStore;
  readonly online: OnlineStore;
  readonly builder: JobRunner;
  readonly clock: Clock;
  /** Resolves after others had their turn of the event loop. */
  readonly yieldTurn: () => Promise<void>;
  /** Learns of what failed while nobody waited for it; of a failure that goes on, once. */
  readonly onBackgroundError: (error: unknown) => void;
  /** Stops what appends to the log, as Ingestor.pause. */
  readonly pauseIngest: () => Promise<(lastSeq: number) => void>;
}

/** Limits of an {@link OnlineServing}; see FeatureConfig. */
export interface OnlineServingLimits {
  readonly entitiesMax: number;
  readonly checkpointMs: number;
  readonly slackMs: number;
}

/** States of one view that somebody else has changed. */
export interface AdoptedStates {
  readonly viewId: string;
  readonly removed: readonly string[];
  readonly remade: readonly string[];
}

/** Vectors, and the log offset L that all of them have seen. */
export interface OnlineAnswer {
  readonly vector: FeatureVector;
  readonly logOffset: number;
  /** Where the query asked for them. */
  readonly eventTimes: EventTimes | undefined;
}

/** Events that are applied in one turn of the event loop: about a millisecond at three views. */
const sliceRowsMax = 256;

/** Entities that one transaction of a checkpoint writes: about 3 ms of encoding. */
const checkpointEntitiesMax = 64;

/** Times that one read fetches: once, and again when the states started over meanwhile. */
const fetchesMax = 4;

/** The online state at work: read, brought forward, written to its store, and made anew when the store has lost it. */
export class OnlineServing {
  readonly #ports: OnlineServingPorts;
  readonly #limits: OnlineServingLimits;
  readonly #sources: ReadonlySet<string>;
  readonly #state: OnlineState;
  readonly #features: OnlineFeatures;
  readonly #checkpoint: Checkpoint;
  readonly #leaving = new AbortController();
  #checkpoints: Promise<void> = Promise.resolve();
  #warming: Promise<void> = Promise.resolve();
  /** Set while the store lacks what was written to it: what is in memory is right, what is not waits. */
  #loss: MeshError | undefined;
  /** Reasons of failures that were told, since all was well the last time. */
  readonly #toldFailures = new Set<string>();

  constructor(ports: OnlineServingPorts, limits: OnlineServingLimits) {
    const { mesh, online, yieldTurn } = ports;
    const { entitiesMax, slackMs } = limits;
    this.#ports = ports;
    this.#limits = limits;
    this.#sources = new Set(mesh.sources.map(({ name }) => name));
    const logOffset = online.checkpointSeq();
    const options = { entitiesMax, sliceRowsMax, logOffset, yieldTurn };
    this.#state = new OnlineState(mesh, online, options);
    this.#features = new OnlineFeatures(mesh.featureSets, this.#state.tables);
    this.#checkpoint = new Checkpoint(this.#state, {
      store: online,
      transactionEntitiesMax: checkpointEntitiesMax,
      slackMs,
      newestAskedMs: () => this.#features.newestAskedMs,
    });
  }

  /** Log offset L that reads see now. */
  get logOffset(): number {
    return this.#state.logOffset;
  }

  /** Latest time t that was asked for, epoch ms; negative infinity before the first. */
  get newestAskedMs(): number {
    return this.#features.newestAskedMs;
  }

  /** What is known of each view, by id. */
  viewStats(): ReadonlyMap<string, ViewStats> {
    return this.#state.stats();
  }

  /**
   * Makes states whose definition has changed, or that were lost, anew and applies the end of the log that the stored
   * states lack.
   * @throws {MeshError} DATA_LOSS / LOG_CORRUPT or STATE_CORRUPT; UNAVAILABLE / STORE_UNAVAILABLE
   */
  async start(signal: AbortSignal): Promise<void> {
    await this.#forgetLost();
    await this.#remakeChangedViews(signal);
    await this.#applyLogEnd(signal);
    this.#checkpoints = this.#runCheckpoints();
    this.#warm();
  }

  /** Stops what runs by itself. */
  async leave(): Promise<void> {
    this.#leaving.abort(new Error('the feature service stops'));
    await this.#checkpoints;
    await this.#warming;
  }

  /** Writes what is not written, when nothing changes it any more. A store that is gone loses nothing: the log has it. */
  async close(): Promise<void> {
    await this.#checkpoint.run().catch(this.#ports.onBackgroundError);
  }

  /** Checks a query. @throws {MeshError} as OnlineFeatures.check */
  check(query: VectorQuery, rowsMax?: number): CheckedQuery {
    return this.#features.check(query, rowsMax);
  }

  /**
   * Reads vectors, all rows at one log offset: at once when all entities are in memory or can be loaded without waiting.
   * @throws {MeshError} as OnlineFeatures.read; UNAVAILABLE / STORE_UNAVAILABLE or STATE_LOST, where entities have to be
   * fetched and can't be: the whole query fails, because a vector with a log offset is one that the audit arrives at too.
   */
  read(query: CheckedQuery): OnlineAnswer | Promise<OnlineAnswer> {
    const found = this.#features.read(query);
    return found instanceof FeatureVector
      ? this.#answer(query, found)
      : this.#fetchAndRead(query, found);
  }

  /**
   * As OnlineState.hold.
   * @throws {MeshError} UNAVAILABLE / STORE_UNAVAILABLE or STATE_LOST; RESOURCE_EXHAUSTED / QUEUE_FULL when memory is full
   * of changes that could not be written for a while.
   */
  async hold(records: readonly SourceEvents[]): Promise<() => void> {
    if (this.#toldFailures.size > 0 && records.length > 0) this.#refuseBacklog();
    return await this.#whileNotLost(() => this.#state.hold(records));
  }

  /** As OnlineState.apply; the entities of the events are held. */
  async apply(record: EventRecord, logOffset: number): Promise<void> {
    await this.#state.apply(record, logOffset);
  }

  /** Brings the store to the log offset of now. @throws {MeshError} as Checkpoint.run */
  async store(): Promise<void> {
    // One that is under way may have begun before the last change.
    await this.#checkpoint.idle();
    await this.#checkpoint.run();
  }

  /**
   * Goes on with states that somebody else made anew at this log offset, or removed; all others stay, and reads go on. Ingest
   * has to be paused, and the states have to be stored.
   */
  async adopt(touched: readonly AdoptedStates[], logOffset: number): Promise<void> {
    await this.#settle();
    for (const { viewId, removed, remade } of touched) {
      this.#state.tables.get(viewId)?.forget([...removed, ...remade], removed.length);
    }
    this.#state.advance(logOffset);
    await this.#ports.online.writeFacts({ stats: this.#state.stats(), checkpointSeq: logOffset });
  }

  /** Serves a feature set no more, and lets go of views that nobody else reads, their states included. */
  async retire(featureSetHash: string, views: readonly string[]): Promise<void> {
    this.#features.remove(featureSetHash);
    this.#state.forget(views);
    for (const id of views) await this.#ports.online.clearView(id);
  }

  /** Ids of the views that have states. */
  get viewIds(): readonly string[] {
    return [...this.#state.tables.keys()];
  }

  /** Writes everything and refuses reads with this error, until {@link resume}: somebody else changes the store. */
  async suspend(refusal: MeshError): Promise<void> {
    await this.store();
    this.#features.refuse(refusal);
  }

  /** Starts over from what somebody else wrote. Ingest has to be paused. */
  async resume(): Promise<void> {
    await this.#settle();
    // A store that does not answer now is asked again later: what is in memory is old either way.
    await this.#ports.online.refresh().catch((error: unknown) => {
      this.#noteLoss(error);
      this.#tellOnce(error);
    });
    this.#state.reload(this.#ports.store.lastSeq());
    this.#features.refuse(undefined);
    this.#warm();
  }

  #answer(query: CheckedQuery, vector: FeatureVector): OnlineAnswer {
    const eventTimes = this.#features.eventTimes(query);
    return { vector, logOffset: this.#state.logOffset, eventTimes };
  }

  /** What has changed and is not written has to stay in memory. */
  #refuseBacklog(): void {
    const { entitiesMax } = this.#limits;
    for (const { dirtyCount, view } of this.#state.tables.values()) {
      if (dirtyCount <= entitiesMax) continue;
      throw new MeshError({
        code: 'RESOURCE_EXHAUSTED',
        reason: 'QUEUE_FULL',
        message: `${dirtyCount} entities of view '${view.plan.id}' wait to be written to the online store, which fails (${[...this.#toldFailures].join(', ')}), and more than ${entitiesMax} may not; look after the store, and ask again`,
        retry: { kind: 'after', delayMs: 1_000 },
      });
    }
  }

  async #fetchAndRead(query: CheckedQuery, missing: MissingEntities): Promise<OnlineAnswer> {
    const releases: (() => void)[] = [];
    let wanted = missing;
    try {
      for (let fetches = 0; fetches < fetchesMax; fetches += 1) {
        const entities = wanted;
        releases.push(await this.#whileNotLost(() => holdEntities(entities)));
        // From here to the read nothing else runs, and what was held before is still there.
        const found = this.#features.read(query);
        if (found instanceof FeatureVector) return this.#answer(query, found);
        wanted = found;
      }
    } finally {
      for (const release of releases) release();
    }
    throw stateLost('entities that were fetched were not there');
  }

  async #whileNotLost<T>(run: () => Promise<T>): Promise<T> {
    if (this.#loss !== undefined) throw this.#loss;
    try {
      return await run();
    } catch (error) {
      this.#noteLoss(error);
      throw error;
    }
  }

  #noteLoss(error: unknown): void {
    if (error instanceof MeshError && error.reason === 'STATE_LOST') this.#loss ??= error;
  }

  async #forgetLost(): Promise<void> {
    const { online, onBackgroundError } = this.#ports;
    try {
      await online.refresh();
    } catch (error) {
      if (!(error instanceof MeshError && error.reason === 'STATE_LOST')) throw error;
      onBackgroundError(error);
      await online.forget();
    }
  }

  async #remakeChangedViews(signal: AbortSignal): Promise<void> {
    const { mesh, store, online } = this.#ports;
    const changed = mesh.views.filter((view) => online.viewHash(view.id) !== stateHash(view));
    if (changed.length === 0) return;
    if (store.lastSeq() === 0) {
      for (const view of changed) await online.clearView(view.id);
      const viewHashes = new Map(changed.map((view) => [view.id, stateHash(view)]));
      await online.writeFacts({ viewHashes });
      return;
    }
    await this.#remake(
      changed.map((view) => view.id),
      signal,
    );
    await this.#reload(online.checkpointSeq());
  }

  /** Makes the states of views anew from the log. Nobody may append to it meanwhile. */
  async #remake(views: readonly string[], signal: AbortSignal): Promise<void> {
    const { store, builder, online } = this.#ports;
    const isAll = this.viewIds.every((id) => views.includes(id));
    const request = { views, isAll, logOffset: store.lastSeq(), slackMs: this.#limits.slackMs };
    const job = builder.run({ kind: 'rebuild', ...request }, signal);
    while ((await job.next()).done !== true);
    await this.#settle();
    await online.refresh();
  }

  async #reload(logOffset: number): Promise<void> {
    await this.#settle();
    await this.#ports.online.refresh();
    this.#state.reload(logOffset);
  }

  /** LMDB keeps its view of the store for the rest of a turn of the event loop. */
  async #settle(): Promise<void> {
    await this.#ports.clock.sleep(durationMs(5), new AbortController().signal);
  }

  async #applyLogEnd(signal: AbortSignal): Promise<void> {
    const { store, online } = this.#ports;
    for (const bytes of store.recordsFrom(online.checkpointSeq() + 1)) {
      signal.throwIfAborted();
      const record = decodeEventRecord(bytes, { hasIds: false });
      if (!this.#sources.has(record.source)) continue;
      const { firstSeq, rows } = readEventRecordHead(bytes);
      await this.#state.apply(record, firstSeq + rows - 1);
    }
    this.#state.advance(store.lastSeq());
  }

  /** Behind the scenes: until a state is there, the first question about it loads it. */
  #warm(): void {
    this.#warming = this.#warming
      .then(() => this.#whileNotLost(() => this.#state.warm(this.#leaving.signal)))
      .catch(this.#ports.onBackgroundError);
  }

  async #runCheckpoints(): Promise<void> {
    const { signal } = this.#leaving;
    const pauseMs = durationMs(this.#limits.checkpointMs);
    while (!signal.aborted) {
      await this.#ports.clock.sleep(pauseMs, signal).catch(() => undefined);
      await this.#keepStored(signal).then(
        () => {
          this.#toldFailures.clear();
        },
        (error: unknown) => this.#tellOnce(error),
      );
    }
  }

  /** Once in a while: looks whether the store still has what it should, makes that true, and brings it forward. */
  async #keepStored(signal: AbortSignal): Promise<void> {
    try {
      if (this.#loss === undefined) await this.#ports.online.refresh();
    } catch (error) {
      this.#noteLoss(error);
      if (this.#loss === undefined) throw error;
    }
    if (this.#loss !== undefined) await this.#remakeLost(this.#loss, signal);
    await this.#checkpoint.run();
  }

  /** Reads of what is in memory go on: it is right, and nothing changes it while ingest waits. */
  async #remakeLost(loss: MeshError, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.#tellOnce(loss);
    const { store, pauseIngest } = this.#ports;
    const resumeIngest = await pauseIngest();
    // Not before: what is being ingested has found that its entities are new.
    this.#state.doubtStore();
    try {
      await this.#remake(this.viewIds, signal);
      this.#checkpoint.discard();
      this.#state.discardChanges();
      this.#state.reload(store.lastSeq());
      this.#loss = undefined;
    } finally {
      resumeIngest(store.lastSeq());
    }
    this.#warm();
  }

  #tellOnce(error: unknown): void {
    const failure = error instanceof MeshError ? error.reason : String(error);
    if (!this.#toldFailures.has(failure)) this.#ports.onBackgroundError(error);
    this.#toldFailures.add(failure);
  }
}
