import type { FeatureSetPlan } from '../../shared/compute/plan.ts';
import type { MeshModel } from '../../shared/definition/mesh.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { ServedMesh } from '../core/served-mesh.ts';
import type { SourceSchema } from '../core/source-schema.ts';
import type { ExampleSegment } from '../core/training-set.ts';
import { buildSet } from '../offline/build-set.ts';
import { SetFiles } from '../offline/set-files.ts';
import { type JobContext, type JobRun, schemaOf } from './job-context.ts';
import type { JobRequest, JobResults } from './job-protocol.ts';

type TrainingRequest = Extract<JobRequest, { kind: 'training-set' }>;

/**
 * Builds a point-in-time training set: each example with the features of its own time, out of events up to the log offset.
 * Its rows are given on, or written to files. As logged, it is made of what was answered.
 * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN or FEATURE_SET_UNKNOWN; RESOURCE_EXHAUSTED / DISK_FULL; DATA_LOSS / STATE_CORRUPT or LOG_CORRUPT
 */
export async function buildTrainingSet(
  context: JobContext,
  request: TrainingRequest,
  run: JobRun,
): Promise<JobResults['training-set']> {
  const model = modelOf(context, request);
  const { kind: _, hasFiles, featureSetHash: _hash, segmentColumns, ...asked } = request;
  const schema = schemaOf(context.mesh, model.pipeline.examples);
  const plan = { ...asked, model, segments: exampleSegments(schema, segmentColumns) };
  const { folder, manifest } = await buildSet(context, plan, {
    signal: run.signal,
    onProgress: (stage, done, total) => run.send({ kind: 'progress', stage, done, total }),
    onRows: async ({ columns: _columns, ...rows }, segments) => {
      if (!hasFiles) await run.send({ kind: 'rows', ...rows, segments });
    },
    logged: {
      answers: context.answers,
      erasures: () => context.store.erasures().map(({ erasure }) => erasure),
    },
    ...(hasFiles ? { files: new SetFiles(context.rowFiles, plan, context.setsFolder) } : {}),
  });
  return { ...manifest, folder: folder ?? '' };
}

/** Says how a table of events holds the columns that are given beside the rows. */
function exampleSegments(
  { source, keyColumns }: SourceSchema,
  names: readonly string[],
): readonly ExampleSegment[] {
  return names.map((name) => {
    const column = source.columns.find((candidate) => candidate.name === name);
    if (column !== undefined) {
      const isText = column.type === 'text' || keyColumns.includes(name);
      return { name, held: isText ? 'text' : 'number' };
    }
    const known = source.columns.map((candidate) => candidate.name).join(', ');
    const description = `wanted columns of source '${source.name}' (${known}), got '${name.slice(0, 64)}'`;
    throw new MeshError({
      code: 'INVALID_ARGUMENT',
      reason: 'INVALID_FIELD',
      message: `segment_columns: ${description}`,
      violations: [{ field: 'segment_columns', description }],
    });
  });
}

/** Gives a model of the mesh, with an earlier version of its features where one is asked for. */
function modelOf(
  { mesh }: JobContext,
  { model: name, featureSetHash }: TrainingRequest,
): MeshModel {
  const model = mesh.models[name];
  if (model === undefined) {
    throw new MeshError({
      code: 'NOT_FOUND',
      reason: 'MODEL_UNKNOWN',
      message: `the mesh has no model '${name.slice(0, 64)}'; it has ${Object.keys(mesh.models).join(', ')}`,
    });
  }
  if (featureSetHash === '' || featureSetHash === model.featureSet.hash) return model;
  const own = mesh.earlier.filter((set) => set.name === name);
  const found = own.find(({ featureSet }) => featureSet.hash === featureSetHash);
  if (found !== undefined) return withFeatures(mesh, model, found.featureSet);
  const known = [model.featureSet, ...own.map(({ featureSet }) => featureSet)];
  throw new MeshError({
    code: 'NOT_FOUND',
    reason: 'FEATURE_SET_UNKNOWN',
    message: `feature_set_hash: wanted one of model '${name}' (${known.map(({ hash }) => hash).join(', ')}), got '${featureSetHash.slice(0, 64)}'`,
  });
}

/** The examples of now have to name what the earlier features are about. */
function withFeatures(mesh: ServedMesh, model: MeshModel, featureSet: FeatureSetPlan): MeshModel {
  const { examples } = model.pipeline;
  const columns = mesh.sources.find(({ name }) => name === examples)?.columns ?? [];
  const has = new Set(columns.map(({ name, type }) => `${name} ${type}`));
  const names = new Set(columns.map(({ name }) => name));
  const missing = [
    ...featureSet.joinKeys.filter((name) => !names.has(name)),
    ...featureSet.requestInputs.flatMap(({ name, type }) =>
      has.has(`${name} ${type}`) ? [] : [`${name} (${type})`],
    ),
  ];
  if (missing.length === 0) return { ...model, featureSet };
  throw new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'SOURCE_INVALID',
    message: `feature set '${featureSet.name}' needs columns of the examples that source '${examples}' does not have any more: ${missing.join(', ')}`,
  });
}
