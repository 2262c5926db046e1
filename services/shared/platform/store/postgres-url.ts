import { MeshError } from '../../kernel/mesh-error.ts';

/** Where a database of Postgres is. */
export interface PostgresUrl {
  /** The URL as it was given. */
  readonly url: string;
  /** The URL without its secrets, for people. */
  readonly shown: string;
}

/**
 * Reads a URL such as `postgres://user:password@db.internal:5432/mlmesh?sslmode=verify-full`.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG
 */
export function parsePostgresUrl(text: string): PostgresUrl {
  if (!/^postgres(ql)?:\/\/[^/]/.test(text) || !URL.canParse(text)) throw invalid(text);
  const { protocol, username, host, pathname, hash } = new URL(text);
  if (!/^\/[^/]+$/.test(pathname) || hash !== '') throw invalid(text);
  const user = username === '' ? '' : `${username}@`;
  return { url: text, shown: `${protocol}//${user}${host}${pathname}` };
}

function invalid(text: string): MeshError {
  const got = text
    .replace(/\/\/[^/]*@/, '//...@')
    .replace(/\?.*/, '')
    .slice(0, 128);
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_CONFIG',
    message: `wanted the URL of a database of Postgres, such as postgres://user:password@host:5432/mlmesh, got '${got}'`,
  });
}
