import { MeshError } from '../../kernel/mesh-error.ts';

/** Where a Redis is. */
export interface RedisUrl {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Whether the connection is encrypted: `rediss://`. */
  readonly isTls: boolean;
  /** The URL without its secrets, for people. */
  readonly shown: string;
}

const portDefault = 6379;
/** Redis has 16 of them unless its configuration says otherwise. */
const dbMax = 1_023;

/**
 * Reads a URL such as `redis://127.0.0.1:6379` or `rediss://user:password@cache.internal:6380/2`.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG
 */
export function parseRedisUrl(text: string): RedisUrl {
  if (!/^rediss?:\/\/[^/]/.test(text) || !URL.canParse(text)) throw invalid(text);
  const url = new URL(text);
  const db = Number(url.pathname.slice(1) || '0');
  const isDb = /^\/?\d*$/.test(url.pathname) && db <= dbMax;
  if (!isDb || url.hostname === '' || url.search !== '' || url.hash !== '') throw invalid(text);
  const port = url.port === '' ? portDefault : Number(url.port);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    db,
    username: decoded(url.username, text),
    password: decoded(url.password, text),
    isTls: url.protocol === 'rediss:',
    shown: `${url.protocol}//${url.hostname}:${port}/${db}`,
  };
}

/** Gives a part as it was before it was put into a URL; undefined when there is none. */
function decoded(part: string, text: string): string | undefined {
  try {
    return part === '' ? undefined : decodeURIComponent(part);
  } catch (error) {
    throw invalid(text, error);
  }
}

function invalid(text: string, cause?: unknown): MeshError {
  const got = text.replace(/\/\/[^/]*@/, '//...@').slice(0, 128);
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_CONFIG',
    message: `wanted the URL of a Redis, such as redis://127.0.0.1:6379 or redis://user:password@host:6379/2, got '${got}'`,
    cause,
  });
}
