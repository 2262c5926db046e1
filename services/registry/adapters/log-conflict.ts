import { MeshError } from '../../shared/kernel/mesh-error.ts';

/** Gives ABORTED / LOG_CONFLICT for an append after `expectedSequence` to a log that ends elsewhere. */
export function logConflict(expectedSequence: number, sequence: number): MeshError {
  return new MeshError({
    code: 'ABORTED',
    reason: 'LOG_CONFLICT',
    message: `wanted to append after event ${expectedSequence}, but the log ends at ${sequence}; read what is new and decide again`,
    retry: { kind: 'after', delayMs: 0 },
  });
}
