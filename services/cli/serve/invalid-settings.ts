import { MeshError } from '../../shared/kernel/mesh-error.ts';

/** Gives the error for settings that can't be taken. */
export function invalidSettings(message: string, cause?: unknown): MeshError {
  return new MeshError({ code: 'INVALID_ARGUMENT', reason: 'INVALID_CONFIG', message, cause });
}
