import type { MeshModel } from '../../shared/definition/mesh.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { buildSet } from '../offline/build-set.ts';
import type { JobContext, JobRun } from './job-context.ts';
import type { JobRequest, JobResults } from './job-protocol.ts';

type TrainingRequest = Extract<JobRequest, { kind: 'training-set' }>;

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
  const { hash } = await buildSet(
    context,
    { ...request, model },
    {
      signal: run.signal,
      onProgress: (stage, done, total) => run.send({ kind: 'progress', stage, done, total }),
      onRows: ({ columns: _, ...rows }) => run.send({ kind: 'rows', ...rows }),
    },
  );
  return {
    rows: hash.rows,
    dataHash: hash.root,
    featureSetHash: model.featureSet.hash,
    definitionHashes: model.featureSet.columns.map((column) => column.hash),
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
