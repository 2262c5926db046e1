import type { MeshModel } from '../../shared/definition/mesh.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { buildSet } from '../offline/build-set.ts';
import { SetFiles } from '../offline/set-files.ts';
import type { JobContext, JobRun } from './job-context.ts';
import type { JobRequest, JobResults } from './job-protocol.ts';

type TrainingRequest = Extract<JobRequest, { kind: 'training-set' }>;

/**
 * Builds a point-in-time training set: each example with the features of its own time, out of events up to the log offset.
 * Its rows are given on, or written to files.
 * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN; RESOURCE_EXHAUSTED / DISK_FULL; DATA_LOSS / STATE_CORRUPT
 */
export async function buildTrainingSet(
  context: JobContext,
  request: TrainingRequest,
  run: JobRun,
): Promise<JobResults['training-set']> {
  const model = modelOf(context, request.model);
  const { kind: _, hasFiles, ...asked } = request;
  const plan = { ...asked, model };
  const { folder, manifest } = await buildSet(context, plan, {
    signal: run.signal,
    onProgress: (stage, done, total) => run.send({ kind: 'progress', stage, done, total }),
    onRows: async ({ columns: _columns, ...rows }) => {
      if (!hasFiles) await run.send({ kind: 'rows', ...rows });
    },
    ...(hasFiles ? { files: new SetFiles(context.rowFiles, plan, context.setsFolder) } : {}),
  });
  return { ...manifest, folder: folder ?? '' };
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
