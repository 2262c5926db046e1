import type { Clock } from '../../shared/kernel/clock.ts';
import type { Component } from '../../shared/kernel/component.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { KeyedMesh } from '../core/entity-places.ts';
import type { ViewStats } from '../core/entity-store.ts';
import { type EventTimeBounds, type IncomingEvents, parseEventBatch } from '../core/event-batch.ts';
import { EventIds } from '../core/event-ids.ts';
import type { EventTable } from '../core/event-table.ts';
import { type IngestAcknowledgement, Ingestor } from '../core/ingestor.ts';
import type { CheckedQuery, VectorQuery } from '../core/online-features.ts';
import { pinnedOffset } from '../core/pinned-offset.ts';
import { type EarlierSet, type ServedMesh, withoutEarlier } from '../core/served-mesh.ts';
import { type SourceManifest, sourcePlanHash } from '../core/source-manifest.ts';
import { fullShape, type SourceSchema, sourceSchema } from '../core/source-schema.ts';
import type { JobPart, JobRequest, JobResults } from '../jobs/job-protocol.ts';
import type { MaterializeRequest } from '../offline/materialize-plan.ts';
import type { EventStore, JobRunner, OnlineStore, WarehouseReader } from '../ports.ts';
import type { DefinitionKeeper } from './definition-keeper.ts';
import { EntityEraser, type Erased } from './entity-eraser.ts';
import { type OnlineAnswer, OnlineServing } from './online-serving.ts';

/** What a {@link FeatureService} works with. */
export interface FeatureServicePorts {
  readonly mesh: ServedMesh;
  /** Entities, also those of feature sets that the mesh had before. */
  readonly keyed: KeyedMesh;
  readonly definitions: DefinitionKeeper;
  readonly store: EventStore;
  readonly online: OnlineStore;
  readonly warehouse: WarehouseReader;
  /** Gives the manifest of an imported source. */
  readonly manifestOf: (source: string) => SourceManifest | undefined;
  /** Runs imports and training sets. */
  readonly builder: JobRunner;
  /** Runs audits, which must not wait for the others. */
  readonly auditor: JobRunner;
  readonly clock: Clock;
  /** Whether the past is replayed: then it is as late as what was ingested or asked for, not as late as the clock says. */
  readonly hasVirtualClock: boolean;
  /** Resolves after others had their turn of the event loop. */
  readonly yieldTurn: () => Promise<void>;
  /** Learns of what failed while nobody waited for it: a checkpoint, which the next one tries again, or a warm-up. */
  readonly onBackgroundError: (error: unknown) => void;
}

/** Limits of a {@link FeatureService}; see FeatureConfig. */
export interface FeatureServiceLimits {
  readonly entitiesMax: number;
  readonly waitingRowsMax: number;
  readonly transactionRowsMax: number;
  readonly checkpointMs: number;
  readonly slackMs: number;
  readonly eventAheadMsMax: number;
}

/** 1900-01-01: what a source says to have happened before is a mistake, such as the zero of another calendar. */
const oldestEventMs = -2_208_988_800_000;

/** Rows that DuckDB gives at least: with its vectors of 2,048 rows, a part has 4,096 at most. */
const readPartRows = 2_049;

/** What the calls of the feature service do, apart from the wire. */
export class FeatureService implements Component {
  readonly name = 'feature-service';
  readonly #ports: FeatureServicePorts;
  readonly #limits: FeatureServiceLimits;
  readonly #schemas: ReadonlyMap<string, SourceSchema>;
  readonly #ids: EventIds;
  readonly #online: OnlineServing;
  readonly #ingestor: Ingestor;
  readonly #eraser: EntityEraser;
  #mesh: ServedMesh;

  constructor(ports: FeatureServicePorts, limits: FeatureServiceLimits) {
    const { mesh, store } = ports;
    this.#ports = ports;
    this.#limits = limits;
    this.#mesh = mesh;
    this.#schemas = new Map(
      mesh.sources.map((source) => [source.name, sourceSchema(source, mesh.views)]),
    );
    this.#ids = new EventIds(store);
    this.#online = new OnlineServing(
      { ...ports, pauseIngest: () => this.#ingestor.pause() },
      limits,
    );
    this.#ingestor = new Ingestor(
      {
        nowMs: () => this.#nowMs(),
        ids: this.#ids,
        newestTs: (source) => store.newestTs(source),
        hold: (records) => this.#online.hold(records),
        append: (append) => store.append(append),
        apply: (record, logOffset) => this.#online.apply(record, logOffset),
      },
      limits,
      store.lastSeq(),
    );
    this.#eraser = new EntityEraser({
      ...ports,
      online: this.#online,
      pauseIngest: () => this.#ingestor.pause(),
    });
  }

  /** Log offset L that reads see now. */
  get logOffset(): number {
    return this.#online.logOffset;
  }

  /**
   * Makes states whose definition has changed anew and applies the end of the log that the stored states lack.
   * @throws {MeshError} FAILED_PRECONDITION / SOURCE_INVALID when a source was imported under another definition;
   * as OnlineServing.start
   */
  async start(signal: AbortSignal): Promise<void> {
    this.#checkSegments();
    for (const { source, keyColumns } of this.#schemas.values()) {
      await this.#ports.store.keepIndexed(source.name, keyColumns);
    }
    await this.#ports.definitions.settle(this.#mesh);
    await this.#eraser.start(signal);
    await this.#online.start(signal);
  }

  async stop(): Promise<void> {
    await this.#eraser.stop();
    await this.#online.leave();
    await this.#ingestor.idle();
    await this.#online.close();
  }

  /** When a feature set that is served was served first, epoch ms. */
  firstServedMs(hash: string): number {
    return this.#ports.definitions.firstServedMs(hash);
  }

  /** Checks a query. @throws {MeshError} as OnlineFeatures.check */
  checkQuery(query: VectorQuery, rowsMax?: number): CheckedQuery {
    const checked = this.#online.check(query, rowsMax);
    this.#ports.definitions.noteAsked(checked.reader.plan.hash);
    return checked;
  }

  /** Reads vectors, without waiting wherever that can be. @throws {MeshError} as OnlineServing.read */
  read(query: CheckedQuery): OnlineAnswer | Promise<OnlineAnswer> {
    return this.#online.read(query);
  }

  /** Whether so much waits for the log that callers should send one batch at a time. */
  get isIngestBusy(): boolean {
    return this.#ingestor.waitingRows > this.#limits.waitingRowsMax / 4;
  }

  /**
   * Appends events to the log; resolves when they are durable and reads see them.
   * @throws {MeshError} INVALID_ARGUMENT / EVENT_INVALID; RESOURCE_EXHAUSTED / QUEUE_FULL or DISK_FULL
   */
  async ingest(source: string, incoming: IncomingEvents): Promise<IngestAcknowledgement> {
    const schema = this.#schemas.get(source);
    if (schema === undefined) {
      throw new MeshError({
        code: 'INVALID_ARGUMENT',
        reason: 'EVENT_INVALID',
        message: `events of source '${source.slice(0, 64)}': the mesh has no such source; it has ${[...this.#schemas.keys()].join(', ')}`,
      });
    }
    const batch = parseEventBatch(schema, incoming, this.#eventTimes(schema));
    const { keyColumns } = schema;
    const { dropAfterMs = Number.POSITIVE_INFINITY } = schema.source;
    return await this.#ingestor.submit({ name: source, keyColumns, dropAfterMs }, batch);
  }

  /** Erases an entity. @throws {MeshError} as EntityEraser.erase */
  async deleteEntity(
    entity: string,
    keys: ReadonlyMap<string, string>,
    reason: string,
  ): Promise<Erased> {
    return await this.#eraser.erase(entity, keys, reason);
  }

  /** Computes vectors again; see jobs/recompute.ts. @throws {MeshError} OUT_OF_RANGE / INVALID_FIELD */
  async recompute(
    query: CheckedQuery,
    logOffsets: Float64Array,
    signal: AbortSignal,
  ): Promise<JobResults['recompute']> {
    const { featureSetHash, rows, keys, atMs } = query;
    const request = { kind: 'recompute', featureSetHash, rows, keys, atMs, logOffsets } as const;
    const job = this.#ports.auditor.run(request, signal);
    for (;;) {
      const step = await job.next();
      if (step.done === true) return step.value;
    }
  }

  /** Builds a training set out of all events up to now, or to a log offset; see jobs/build-training-set.ts. */
  async *buildTrainingSet(
    request: Omit<Extract<JobRequest, { kind: 'training-set' }>, 'kind'>,
    signal: AbortSignal,
  ): AsyncGenerator<JobPart, JobResults['training-set']> {
    const logOffset = pinnedOffset(request.logOffset, this.#online.logOffset);
    return yield* this.#ports.builder.run({ ...request, kind: 'training-set', logOffset }, signal);
  }

  /** Writes a view's offline features to the warehouse, as of all events up to now; see jobs/materialize.ts. */
  async *materialize(
    request: Omit<MaterializeRequest, 'logOffset'>,
    signal: AbortSignal,
  ): AsyncGenerator<JobPart, JobResults['materialize']> {
    const logOffset = this.#online.logOffset;
    return yield* this.#ports.builder.run({ ...request, kind: 'materialize', logOffset }, signal);
  }

  /**
   * Imports the history of a source; at once when it is there. Ingest waits and reads are refused meanwhile.
   * @throws {MeshError} as jobs/import-source.ts; FAILED_PRECONDITION / INVALID_FIELD when it is there up to a later time.
   */
  async *importSource(
    source: string,
    untilMs: number,
    signal: AbortSignal,
  ): AsyncGenerator<JobPart, JobResults['import']> {
    const known = this.#knownImport(source, untilMs);
    if (known !== undefined) return known;
    const resume = await this.#ingestor.pause();
    try {
      await this.#online.suspend(importing(source));
    } catch (error) {
      // Nothing has begun: ingest goes on as if nobody had asked.
      resume(this.#ports.store.lastSeq());
      throw error;
    }
    try {
      const { slackMs } = this.#limits;
      const views = this.#online.viewIds;
      const request = { kind: 'import', source, untilMs, views, slackMs } as const;
      return yield* this.#ports.builder.run(request, signal);
    } finally {
      await this.#dropHalfMadeStates(source);
      await this.#online.resume();
      this.#ids.reload();
      resume(this.#ports.store.lastSeq());
    }
  }

  /**
   * Gives the rows of an imported source's file with ts in [fromTs, untilTs), in order, in parts of at most 4,096.
   * @throws {MeshError} FAILED_PRECONDITION / SOURCE_MISSING when it was not imported.
   */
  async *readSource(
    schema: SourceSchema,
    interval: { readonly fromTs: number; readonly untilTs: number },
    signal: AbortSignal,
  ): AsyncGenerator<EventTable> {
    const source = schema.source.name;
    const manifest = this.#ports.manifestOf(source);
    if (manifest === undefined) {
      throw new MeshError({
        code: 'FAILED_PRECONDITION',
        reason: 'SOURCE_MISSING',
        message: `source '${source}' was not imported; import it first (mlmesh up does, or ImportSource)`,
        detail: { source },
      });
    }
    const shape = fullShape(schema);
    const all = { positionMax: manifest.rows, seqBefore: 0, partRows: readPartRows };
    yield* this.#ports.warehouse.scan({ manifest, schema, shape, ...interval, ...all }, signal);
  }

  /** Gives the schema of a source. @throws {MeshError} NOT_FOUND / INVALID_FIELD */
  schemaOf(source: string): SourceSchema {
    const schema = this.#schemas.get(source);
    if (schema !== undefined) return schema;
    const description = `the mesh has no source '${source.slice(0, 64)}'; it has ${[...this.#schemas.keys()].join(', ')}`;
    throw new MeshError({
      code: 'NOT_FOUND',
      reason: 'INVALID_FIELD',
      message: `source: ${description}`,
      violations: [{ field: 'source', description }],
    });
  }

  /** What is known of each view, by id. */
  viewStats(): ReadonlyMap<string, ViewStats> {
    return this.#online.viewStats();
  }

  get mesh(): ServedMesh {
    return this.#mesh;
  }

  /**
   * Ends the serving of an earlier feature set, for good unless the mesh defines it again; views that only it read are let go of.
   * @throws {MeshError} FAILED_PRECONDITION / DEFINITION_INVALID when the mesh defines it; NOT_FOUND / FEATURE_SET_UNKNOWN
   */
  async retire(featureSetHash: string): Promise<EarlierSet> {
    const before = this.#mesh;
    const earlier = before.earlier.find(({ featureSet }) => featureSet.hash === featureSetHash);
    if (earlier === undefined) throw notEarlier(before, featureSetHash);
    const after = withoutEarlier(before, featureSetHash);
    const kept = new Set(after.views.map(({ id }) => id));
    const unused = before.views.flatMap(({ id }) => (kept.has(id) ? [] : [id]));
    this.#mesh = after;
    await this.#ports.definitions.retire(featureSetHash);
    await this.#online.retire(featureSetHash, unused);
    return earlier;
  }

  /** A clock that is wrong must not stop a source whose events are ahead of it already. */
  #eventTimes({ source }: SourceSchema): EventTimeBounds {
    const newestMs = this.#ingestor.newestTs(source.name) - source.visibleAfterMs;
    const nowMs = Math.max(this.#ports.clock.epoch(), newestMs);
    return { leastMs: oldestEventMs, mostMs: nowMs + this.#limits.eventAheadMsMax };
  }

  /** When events that come now are known from, epoch ms. */
  #nowMs(): number {
    const { hasVirtualClock, store, clock } = this.#ports;
    if (!hasVirtualClock) return clock.epoch();
    const newest = [...this.#schemas.keys()].map((source) => store.newestTs(source));
    return Math.max(0, this.#online.newestAskedMs, ...newest);
  }

  #knownImport(source: string, untilMs: number): JobResults['import'] | undefined {
    this.schemaOf(source);
    const segment = this.#ports.store.segment(source);
    const manifest = this.#ports.manifestOf(source);
    if (segment === undefined || manifest === undefined) return undefined;
    // What came after the end of history is a matter of ingest: a later end asks for nothing that an import could do.
    if (untilMs >= segment.untilMs) {
      return { rows: manifest.rows, logOffset: this.#online.logOffset };
    }
    throw new MeshError({
      code: 'FAILED_PRECONDITION',
      reason: 'INVALID_FIELD',
      message: `until_ms: the history of source '${source}' goes to ${segment.untilMs} and can't be cut back to ${untilMs}; start with a new data directory`,
      violations: [{ field: 'until_ms', description: `history goes to ${segment.untilMs}` }],
    });
  }

  /** Nothing was ingested before an import: an import that failed leaves states of nothing. */
  async #dropHalfMadeStates(source: string): Promise<void> {
    const { store, online } = this.#ports;
    if (store.segment(source) !== undefined) return;
    for (const view of this.#schemas.get(source)?.views ?? []) await online.clearView(view.id);
  }

  #checkSegments(): void {
    for (const { source } of this.#schemas.values()) {
      const segment = this.#ports.store.segment(source.name);
      const manifest = this.#ports.manifestOf(source.name);
      if (segment === undefined) continue;
      if (segment.planHash !== sourcePlanHash(source)) throw definitionChanged(source.name);
      if (segment.planHash === manifest?.planHash) continue;
      throw new MeshError({
        code: 'FAILED_PRECONDITION',
        reason: 'SOURCE_MISSING',
        message: `the warehouse file of source '${source.name}' is gone, while its history is in use; restore the data directory from a backup or start with a new one`,
        detail: { source: source.name },
      });
    }
  }
}

function notEarlier(mesh: ServedMesh, hash: string): MeshError {
  const current = mesh.featureSets.find((set) => set.hash === hash);
  if (current !== undefined) {
    return new MeshError({
      code: 'FAILED_PRECONDITION',
      reason: 'DEFINITION_INVALID',
      message: `feature set '${hash.slice(0, 64)}' is that of '${current.name}' in the mesh file; only earlier ones can be retired: change or remove it there`,
    });
  }
  const names = mesh.earlier.map(({ featureSet }) => `${featureSet.name} (${featureSet.hash})`);
  return new MeshError({
    code: 'NOT_FOUND',
    reason: 'FEATURE_SET_UNKNOWN',
    message: `feature_set_hash: wanted an earlier feature set (${names.join(', ') || 'there is none'}), got '${hash.slice(0, 64)}'`,
  });
}

function definitionChanged(source: string): MeshError {
  return new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'SOURCE_INVALID',
    message: `source '${source}' was imported under another definition (columns, event time, event id or delay); take the change back, or start with a new data directory`,
    detail: { source },
  });
}

function importing(source: string): MeshError {
  return new MeshError({
    code: 'UNAVAILABLE',
    reason: 'SOURCE_MISSING',
    message: `the history of source '${source}' is being imported; ask again when that is done`,
    retry: { kind: 'after', delayMs: 1_000 },
  });
}
