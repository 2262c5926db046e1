import { materializePlan } from '../offline/materialize-plan.ts';
import { materializeView } from '../offline/materialize-view.ts';
import type { JobContext, JobRun } from './job-context.ts';
import type { JobRequest, JobResults } from './job-protocol.ts';

type MaterializeJob = Extract<JobRequest, { kind: 'materialize' }>;

/**
 * Writes the values of a view's offline features on a grid of times to the warehouse.
 * @throws {MeshError} as materializePlan; RESOURCE_EXHAUSTED / DISK_FULL
 */
export async function materialize(
  context: JobContext,
  request: MaterializeJob,
  run: JobRun,
): Promise<JobResults['materialize']> {
  const { kind: _, ...asked } = request;
  const plan = materializePlan(context.mesh, asked);
  const made = await materializeView(context, plan, {
    signal: run.signal,
    onProgress: (stage, done, total) => run.send({ kind: 'progress', stage, done, total }),
  });
  const { view, definitionHashes, logOffset } = plan;
  const features = view.features.map(({ name }) => name);
  return { ...made, view: view.id, features, definitionHashes, logOffset };
}
