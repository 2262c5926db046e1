import { MeshError, messageOf } from '../../shared/kernel/mesh-error.ts';

/** Gives NOT_FOUND / SOURCE_MISSING for a file of a model that can't be read. */
export function sourceMissing(path: string, cause: unknown): MeshError {
  return new MeshError({
    code: 'NOT_FOUND',
    reason: 'SOURCE_MISSING',
    message: `wanted the model in ${path}: ${messageOf(cause)}`,
    cause,
  });
}
