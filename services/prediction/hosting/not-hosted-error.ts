import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { HostedServable } from './hosted-servable.ts';

/** Gives why a version that is hosted does not answer: UNAVAILABLE / WORKER_STUCK or MODEL_NOT_READY. */
export function notReady({ wanted, state, isStuck, error }: HostedServable): MeshError {
  if (isStuck && error !== undefined) return error;
  const why = error === undefined ? '' : `: ${error.message}`;
  return new MeshError({
    code: 'UNAVAILABLE',
    reason: 'MODEL_NOT_READY',
    message: `version ${wanted.version} of model ${wanted.model} is ${state}${why}`,
    retry: { kind: 'after', delayMs: 500 }, // about what a small model takes to load
  });
}

/** Gives NOT_FOUND / VERSION_UNKNOWN, or MODEL_UNKNOWN where no version of the model is hosted. */
export function notHosted(model: string, version: number, isModelKnown: boolean): MeshError {
  return new MeshError({
    code: 'NOT_FOUND',
    reason: isModelKnown ? 'VERSION_UNKNOWN' : 'MODEL_UNKNOWN',
    message: isModelKnown
      ? `no version ${version} of model ${model} is hosted; point an alias such as shadow at it, or load it by RepositoryModelLoad`
      : `no version of a model ${model} is hosted; point the alias production at one, or load one by RepositoryModelLoad`,
  });
}

/** Gives UNAVAILABLE / MODEL_NOT_READY for a version that somebody waited for, and that is not wanted any more. */
export function goneMeanwhile(id: string): MeshError {
  return new MeshError({
    code: 'UNAVAILABLE',
    reason: 'MODEL_NOT_READY',
    message: `${id} had to make room, or was unloaded, before it was ready`,
    retry: { kind: 'after', delayMs: 1_000 },
  });
}
