import { MeshError } from '../../kernel/mesh-error.ts';
import { parsePostgresUrl } from './postgres-url.ts';

/** Says that the log of the registry lives in LMDB, in the data directory. */
export const lmdbRegistry = 'lmdb';

/**
 * Gives the choice of where the registry's log lives when it is one: `lmdb`, or the URL of a Postgres.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG
 */
export function checkedRegistryStore(choice: unknown): string {
  if (choice === lmdbRegistry) return choice;
  if (typeof choice === 'string' && /^postgres(ql)?:/.test(choice)) {
    return parsePostgresUrl(choice).url;
  }
  const got = typeof choice === 'string' ? choice.slice(0, 64) : typeof choice;
  throw new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_CONFIG',
    message: `wanted lmdb or the URL of a Postgres, such as postgres://user@127.0.0.1:5432/mlmesh, as the registry's store, got '${got}'`,
  });
}
