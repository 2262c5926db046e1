import type { FeatureSetPlan } from '../../shared/compute/plan.ts';
import { viewColumnsOf } from '../../shared/compute/row.ts';
import type { CellValue } from '../core/audit-rows.ts';
import { EntityGroups } from '../core/entity-groups.ts';
import type { EventTable } from '../core/event-table.ts';
import { cellOf, type ExplainedValue, explainValue } from '../core/explain-row.ts';
import { rowsByEntity } from '../core/recompute-rows.ts';
import { emptyEvents } from '../core/training-set.ts';
import type { JobContext, JobRun } from './job-context.ts';
import type { JobRequest, JobResults } from './job-protocol.ts';
import { lateEvents } from './late-events.ts';
import { loadRecomputeEvents, requireAfterHistory } from './recompute.ts';

type ExplainRequest = Extract<JobRequest, { kind: 'explain' }>;

/**
 * Explains the values of one row event by event.
 * @throws {MeshError} OUT_OF_RANGE / INVALID_FIELD when the log offset lies before the end of history.
 */
export async function explainValues(
  context: JobContext,
  request: ExplainRequest,
  run: JobRun,
): Promise<JobResults['explain']> {
  const featureSet = context.mesh.featureSets.find((set) => set.hash === request.featureSetHash);
  if (featureSet === undefined) throw new Error(`unchecked feature set ${request.featureSetHash}`);
  const sources = new Map<string, ExplainedSource>();
  for (const source of new Set(featureSet.views.map((view) => view.source))) {
    sources.set(source, await loadSource(context, { featureSet, request, source }, run.signal));
  }
  const served = servedRow(context, request);
  const columns = viewColumnsOf(featureSet);
  const features = columns.flatMap(({ column }, index): readonly ExplainedValue[] => {
    const view = featureSet.views[column.viewIndex];
    const source = view === undefined ? undefined : sources.get(view.source);
    if (!request.features.includes(column.name) || view === undefined || source === undefined)
      return [];
    const [entity = ''] = rowsByEntity(view, { featureSet, rows: 1, keys: request.keys }).keys();
    const groups = new EntityGroups(source.events, view);
    const found = groups.indexOf(entity);
    return [
      explainValue({
        ...source,
        view,
        featureIndex: column.featureIndex,
        entity,
        events: found === undefined ? emptyEvents(view) : groups.at(found).events,
        t: request.atMs,
        logOffset: request.logOffset,
        newestOffset: request.newestOffset,
        online: request.online === undefined ? undefined : cellOf(request.online, index),
        served: served?.(index),
      }),
    ];
  });
  return { features };
}

interface ExplainedSource {
  readonly events: EventTable;
  readonly isLate: (seq: number) => boolean;
  readonly isHistory: (seq: number) => boolean;
}

interface SourceWanted {
  readonly featureSet: FeatureSetPlan;
  readonly request: ExplainRequest;
  readonly source: string;
}

async function loadSource(
  context: JobContext,
  { featureSet, request, source }: SourceWanted,
  signal: AbortSignal,
): Promise<ExplainedSource> {
  const { keys, atMs, logOffset } = request;
  requireAfterHistory(context, source, Float64Array.of(logOffset));
  // One before and one after: the events at the two ends of the window, which a wrong boundary would take or leave.
  const around = Float64Array.of(atMs - 1, atMs + 1);
  const query = { featureSet, rows: 1, keys, atMs: around, logOffsets: Float64Array.of(logOffset) };
  const wanted = { query, source, logOffset: Number.POSITIVE_INFINITY };
  const events = await loadRecomputeEvents(context, wanted, signal);
  const late = lateEvents(context, source);
  const segment = context.store.segment(source);
  return {
    events,
    isLate: (seq) => late.has(seq),
    isHistory: (seq) =>
      segment !== undefined && seq > segment.seqBefore && seq <= segment.seqBefore + segment.rows,
  };
}

/** Gives the cells of the newest logged answer to exactly this question; undefined when the log holds none. */
function servedRow(
  context: JobContext,
  { featureSetHash, keys, atMs, logOffset }: ExplainRequest,
): ((column: number) => CellValue) | undefined {
  for (const { head, decode } of context.answers.newestFirst(Number.POSITIVE_INFINITY)) {
    if (head.featureSetHash !== featureSetHash || head.lastMs < atMs) continue;
    const block = decode();
    for (let row = block.rows - 1; row >= 0; row -= 1) {
      if (block.atMs[row] !== atMs || block.logOffsets[row] !== logOffset) continue;
      const isAsked = keys.every((key, index) => block.keys[row * keys.length + index] === key);
      if (!isAsked) continue;
      const columns = block.statuses.length / block.rows;
      return (column) => cellOf(block, row * columns + column);
    }
  }
  return undefined;
}
