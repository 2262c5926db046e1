import type { TrainingRows } from '../../shared/compute/training-rows.ts';
import { hashTrainingSet } from '../../shared/compute/training-set-hash.ts';
import type { MeshModel } from '../../shared/definition/mesh.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { EventTable } from '../core/event-table.ts';
import { viewShape } from '../core/source-schema.ts';
import {
  assembleTrainingRows,
  chosenExamples,
  type ExampleRule,
  type Examples,
  exampleShape,
  sweepExamples,
  type ViewValues,
} from '../core/training-set.ts';
import { type JobContext, type JobRun, loadEvents, schemaOf } from './job-context.ts';
import type { JobRequest, JobResults } from './job-protocol.ts';

type TrainingRequest = Extract<JobRequest, { kind: 'training-set' }>;

/** Rows of one message. */
const messageRowsMax = 8_192;

/**
 * Builds a point-in-time training set: each example with the features of its own time, out of events up to the log offset.
 * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN
 */
export async function buildTrainingSet(
  context: JobContext,
  request: TrainingRequest,
  run: JobRun,
): Promise<JobResults['training-set']> {
  const model = modelOf(context, request.model);
  const { featureSet } = model;
  const examples = await loadExamples(context, { model, request }, run);
  const views: ViewValues[] = [];
  for (const source of new Set(featureSet.views.map((view) => view.source))) {
    const own = await loadViewEvents(context, { model, request, source }, run);
    for (const [index, view] of featureSet.views.entries()) {
      if (view.source !== source) continue;
      const stage = `features of ${view.id}`;
      views[index] = await drained(sweepExamples(view, examples, own), stage, {
        run,
        total: examples.rows.length,
      });
    }
  }
  const all: TrainingRows[] = [];
  for (const rows of assembleTrainingRows(featureSet, examples, { views, messageRowsMax })) {
    all.push(rows);
    const { columns, ...message } = rows;
    await run.send({ kind: 'rows', ...message });
  }
  await run.send({ kind: 'progress', stage: 'hashing', done: 0, total: 0 });
  return {
    rows: examples.rows.length,
    dataHash: hashTrainingSet(joined(all, featureSet.columns.length)).root,
    featureSetHash: featureSet.hash,
    definitionHashes: featureSet.columns.map((column) => column.hash),
  };
}

interface Building {
  readonly model: MeshModel;
  readonly request: TrainingRequest;
}

async function loadExamples(
  context: JobContext,
  { model, request }: Building,
  run: JobRun,
): Promise<Examples> {
  const { pipeline, featureSet } = model;
  const { source } = schemaOf(context.mesh, pipeline.examples);
  const rule: ExampleRule = {
    at: pipeline.at,
    label: pipeline.label,
    fromMs: request.fromMs,
    untilMs: request.untilMs,
    rowsMax: request.rowsMax,
    seed: request.seed,
  };
  await run.send({ kind: 'progress', stage: 'reading examples', done: 0, total: 0 });
  // Where examples stand at their event time, the file's order limits what has to be read.
  const isEventTime = pipeline.at === source.eventTime;
  const table = await loadEvents(
    context,
    {
      source: source.name,
      shape: exampleShape(rule, featureSet),
      fromTs: isEventTime ? request.fromMs + source.visibleAfterMs : Number.NEGATIVE_INFINITY,
      untilTs: isEventTime ? request.untilMs + source.visibleAfterMs : Number.POSITIVE_INFINITY,
      views: [],
      logOffset: request.logOffset,
    },
    run.signal,
  );
  return chosenExamples(table, rule);
}

async function loadViewEvents(
  context: JobContext,
  { model, request, source }: Building & { readonly source: string },
  run: JobRun,
): Promise<EventTable> {
  await run.send({ kind: 'progress', stage: `reading events of ${source}`, done: 0, total: 0 });
  const views = model.featureSet.views.filter((view) => view.source === source);
  return await loadEvents(
    context,
    {
      source,
      shape: viewShape({ ...schemaOf(context.mesh, source), views }),
      fromTs: request.fromMs - reachMs(views),
      untilTs: request.untilMs,
      views,
      logOffset: request.logOffset,
    },
    run.signal,
  );
}

/** Gives how far back the views look, in ms; infinity when a feature never forgets. */
export function reachMs(views: readonly MeshModel['featureSet']['views'][number][]): number {
  const isLifetime = views.some((view) =>
    view.features.some((feature) => feature.window.kind === 'lifetime'),
  );
  return isLifetime
    ? Number.POSITIVE_INFINITY
    : Math.max(0, ...views.map((view) => view.retentionMs));
}

/** Runs a computation to its end, telling how far it is from time to time. */
async function drained<T>(
  steps: Generator<number, T>,
  stage: string,
  { run, total }: { readonly run: JobRun; readonly total: number },
): Promise<T> {
  let told = 0;
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (step.value - told < total / 20) continue;
    told = step.value;
    await run.send({ kind: 'progress', stage, done: told, total });
  }
}

function joined(parts: readonly TrainingRows[], columns: number): TrainingRows {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const features = new Float32Array(rows * columns);
  const labels = new Float32Array(rows);
  const atMs = new Float64Array(rows);
  let at = 0;
  for (const part of parts) {
    features.set(part.features, at * columns);
    labels.set(part.labels, at);
    atMs.set(part.atMs, at);
    at += part.rows;
  }
  return {
    rows,
    columns,
    features,
    labels,
    atMs,
    eventIds: parts.flatMap((part) => part.eventIds),
  };
}

function modelOf(context: JobContext, name: string): MeshModel {
  const model = context.mesh.models[name];
  if (model !== undefined) return model;
  throw new MeshError({
    code: 'NOT_FOUND',
    reason: 'MODEL_UNKNOWN',
    message: `the mesh has no model '${name.slice(0, 64)}'; it has ${Object.keys(context.mesh.models).join(', ')}`,
  });
}
