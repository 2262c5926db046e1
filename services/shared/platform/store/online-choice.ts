import { MeshError } from '../../kernel/mesh-error.ts';
import { parseRedisUrl } from './redis-url.ts';

/** Says that the online state lives in LMDB, beside the log. */
export const lmdbOnline = 'lmdb';

/**
 * Gives the choice of an online store when it is one: `lmdb`, or the URL of a Redis.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG
 */
export function checkedOnlineStore(choice: unknown): string {
  if (choice === lmdbOnline) return choice;
  if (typeof choice === 'string' && /^rediss?:/.test(choice)) {
    parseRedisUrl(choice);
    return choice;
  }
  const got = typeof choice === 'string' ? choice.slice(0, 64) : typeof choice;
  throw new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_CONFIG',
    message: `wanted lmdb or the URL of a Redis, such as redis://127.0.0.1:6379, as the online store, got '${got}'`,
  });
}
