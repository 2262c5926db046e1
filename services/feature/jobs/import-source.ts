import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { readEventRecordHead } from '../core/event-codec.ts';
import { EventIds } from '../core/event-ids.ts';
import { EventTableBuilder } from '../core/event-table.ts';
import type { SourceManifest } from '../core/source-manifest.ts';
import { type SourceSchema, viewShape } from '../core/source-schema.ts';
import { stateHash } from '../core/state-hash.ts';
import type { ScanRequest } from '../ports.ts';
import { backfillViews } from './backfill.ts';
import { type JobContext, type JobRun, schemaOf } from './job-context.ts';
import type { JobRequest, JobResults } from './job-protocol.ts';

type ImportRequest = Extract<JobRequest, { kind: 'import' }>;

/**
 * Imports a source and brings the online state to `untilMs`. History is there when all of it is: one transaction
 * makes it so. Nobody may append to the log meanwhile.
 * @throws {MeshError} as DuckdbImporter.import; FAILED_PRECONDITION / SOURCE_INVALID when events of the source were
 * ingested before.
 */
export async function importSource(
  context: JobContext,
  request: ImportRequest,
  run: JobRun,
): Promise<JobResults['import']> {
  const { signal } = run;
  const schema = schemaOf(context.mesh, request.source);
  refuseIngested(context, request.source);
  await run.send({ kind: 'progress', stage: 'sorting the warehouse file', done: 0, total: 0 });
  const manifest = await context.importer.import(schema, signal);
  const rows = await context.warehouse.countBefore(manifest, request.untilMs, signal);
  const seqBefore = context.store.lastSeq();
  const history = { manifest, schema, rows, seqBefore };
  const ids = await claimIds(context, history, run);
  const builder = new EventTableBuilder(viewShape(schema));
  for await (const part of context.warehouse.scan(scanOf(history, { hasIds: false }), signal)) {
    builder.append(part);
    await run.send({ kind: 'progress', stage: 'reading history', done: builder.rows, total: rows });
  }
  const { slackMs } = request;
  const logOffset = seqBefore + rows;
  const events = builder.finish();
  const views = schema.views.filter(({ id }) => request.views.includes(id));
  await backfillViews(context, { views, events, logOffset, slackMs }, run);
  const { planHash } = manifest;
  const newestTs = events.ts[events.rows - 1];
  await context.store.writeSegment(
    { source: request.source, untilMs: request.untilMs, rows, newestTs, seqBefore, planHash },
    ids.claimed(),
  );
  // Without the hashes, the next start makes the states again.
  const viewHashes = new Map(views.map((view) => [view.id, stateHash(view)]));
  const online = await context.openOnline();
  await online.writeFacts({ viewHashes, checkpointSeq: logOffset });
  return { rows: manifest.rows, logOffset };
}

interface History {
  readonly manifest: SourceManifest;
  readonly schema: SourceSchema;
  readonly rows: number;
  readonly seqBefore: number;
}

async function claimIds(context: JobContext, history: History, run: JobRun): Promise<EventIds> {
  const ids = new EventIds(context.store);
  const source = history.schema.source.name;
  let done = 0;
  for await (const part of context.warehouse.scan(scanOf(history, { hasIds: true }), run.signal)) {
    ids.claim(source, { kind: 'texts', texts: part.ids }, part.rows);
    done += part.rows;
    await run.send({ kind: 'progress', stage: 'reading event ids', done, total: history.rows });
  }
  return ids;
}

function scanOf(history: History, { hasIds }: { readonly hasIds: boolean }): ScanRequest {
  const { manifest, schema, rows, seqBefore } = history;
  return {
    manifest,
    schema,
    shape: hasIds ? { numbers: [], texts: [], hasIds: true } : viewShape(schema),
    fromTs: Number.NEGATIVE_INFINITY,
    untilTs: Number.POSITIVE_INFINITY,
    positionMax: rows,
    seqBefore,
  };
}

/** History stands before all that was ingested: only an import that comes first can make it. */
function refuseIngested(context: JobContext, source: string): void {
  for (const record of context.store.recordsFrom(0)) {
    if (readEventRecordHead(record).source !== source) continue;
    throw new MeshError({
      code: 'FAILED_PRECONDITION',
      reason: 'SOURCE_INVALID',
      message: `events of source '${source}' were ingested before its history was imported; import first, into a new data directory`,
      detail: { source },
    });
  }
}
