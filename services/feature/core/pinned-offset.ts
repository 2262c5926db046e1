import { MeshError } from '../../shared/kernel/mesh-error.ts';

/**
 * Gives the log offset up to which events count in a set: the one that is asked for, or the newest where 0 is.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD when the log does not reach it, or it is no offset
 */
export function pinnedOffset(asked: number, newest: number): number {
  if (asked === 0) return newest;
  if (Number.isSafeInteger(asked) && asked > 0 && asked <= newest) return asked;
  const description = `wanted an offset of the log, which ends at ${newest}, got ${asked}; the set was made out of another log, or of events that are not here yet`;
  throw new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_FIELD',
    message: `log_offset: ${description}`,
    violations: [{ field: 'log_offset', description }],
  });
}
