import { MeshError } from '../../shared/kernel/mesh-error.ts';

/** Gives UNAVAILABLE / STATE_LOST: the store lacks what was written to it, and its states are made anew. */
export function stateLost(found: string): MeshError {
  return new MeshError({
    code: 'UNAVAILABLE',
    reason: 'STATE_LOST',
    message: `the online store has lost states that were written to it (${found}); they are made anew from the log: ask again`,
    retry: { kind: 'after', delayMs: 1_000 },
  });
}
