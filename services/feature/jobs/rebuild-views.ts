import { viewShape } from '../core/source-schema.ts';
import { stateHash } from '../core/state-hash.ts';
import { backfillViews } from './backfill.ts';
import { type JobContext, type JobRun, loadEvents, schemaOf } from './job-context.ts';
import type { JobRequest, JobResults } from './job-protocol.ts';

type RebuildRequest = Extract<JobRequest, { kind: 'rebuild' }>;

/** Makes the states of some views anew from history and log. Nobody may append to the log meanwhile. */
export async function rebuildViews(
  context: JobContext,
  { views, isAll, logOffset, slackMs }: RebuildRequest,
  run: JobRun,
): Promise<JobResults['rebuild']> {
  const online = await context.openOnline();
  for (const { name } of context.mesh.sources) {
    const schema = schemaOf(context.mesh, name);
    const changed = schema.views.filter((view) => views.includes(view.id));
    if (changed.length === 0) continue;
    const events = await loadEvents(
      context,
      {
        source: name,
        shape: viewShape(schema),
        fromTs: Number.NEGATIVE_INFINITY,
        untilTs: Number.POSITIVE_INFINITY,
        views: [],
        logOffset,
      },
      run.signal,
    );
    await backfillViews(context, { views: changed, events, logOffset, slackMs }, run);
    const hashes = changed.map((view): [string, string] => [view.id, stateHash(view)]);
    await online.writeFacts({ viewHashes: new Map(hashes) });
  }
  // Others may be behind: only when all are made anew do all of them hold the log.
  if (isAll) await online.writeFacts({ checkpointSeq: logOffset });
  return { views: views.length };
}
