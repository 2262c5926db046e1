import { MeshError, messageOf } from '../../kernel/mesh-error.ts';

// Codes that mean that there is no room: ENOSPC, EFBIG and EDQUOT of the system, MDB_MAP_FULL of LMDB.
const fullCodes: ReadonlySet<unknown> = new Set([
  28,
  27,
  122,
  -30_792,
  'ENOSPC',
  'EFBIG',
  'EDQUOT',
]);

/** Gives RESOURCE_EXHAUSTED / DISK_FULL for writing to `path`. */
export function diskFull(path: string, cause: unknown): MeshError {
  return new MeshError({
    code: 'RESOURCE_EXHAUSTED',
    reason: 'DISK_FULL',
    message: `wanted to write to ${path}, but ${messageOf(cause)}; nothing was changed: make room and try again`,
    cause,
  });
}

/** Tells whether the system or LMDB refused to write because there is no room. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && fullCodes.has(error.code);
}

/** Gives DISK_FULL where there is no room, and DATA_LOSS / STATE_CORRUPT for anything else that the store in `directory` meets. */
export function storeError(directory: string, cause: unknown): MeshError {
  if (isDiskFull(cause)) return diskFull(directory, cause);
  return new MeshError({
    code: 'DATA_LOSS',
    reason: 'STATE_CORRUPT',
    message: `wanted a store in ${directory}, got: ${messageOf(cause)}; restore the folder from a backup or remove it`,
    cause,
  });
}

/** Gives the reason behind a failed commit: LMDB hides it in a promise of the error, which rejects with it. */
export async function causeOfCommit(error: unknown): Promise<unknown> {
  if (!(error instanceof Error && 'commitError' in error)) return error;
  try {
    await error.commitError;
    return error;
  } catch (cause) {
    return cause;
  }
}
