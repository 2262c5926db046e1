import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
} from 'node:crypto';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { MeshError, messageOf } from '../../shared/kernel/mesh-error.ts';
import { trustedKeyPath } from '../../shared/platform/store/trusted-key.ts';

/**
 * Gives the private key of the registry of a data directory, made on the first start: a P-256 key that only its owner can read. The public key stands
 * beside it, for those who verify.
 * @throws {MeshError} FAILED_PRECONDITION / INVALID_CONFIG when the file is no such key
 */
export function openSigningKey(dataDirectory: string): KeyObject {
  const publicPath = trustedKeyPath(dataDirectory);
  const path = join(dirname(publicPath), 'registry.key.pem');
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (!existsSync(path)) makeKey(path);
  const key = readKey(path);
  const pem = createPublicKey(key).export({ type: 'spki', format: 'pem' });
  if (existsSync(publicPath) && readFileSync(publicPath, 'utf8') === pem) return key;
  const partial = `${publicPath}.${randomUUID()}`;
  writeFileSync(partial, pem, { flush: true });
  renameSync(partial, publicPath);
  return key;
}

/**
 * Gives the private key of a registry from a file that is only read: one that a secret has, for instance.
 * @throws {MeshError} FAILED_PRECONDITION / INVALID_CONFIG when it is no elliptic private key
 */
export function givenSigningKey(path: string): KeyObject {
  return readKey(path);
}

/** Of two that start at once, one makes the key and the other finds it. */
function makeKey(path: string): void {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const partial = `${path}.${randomUUID()}`;
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(partial, pem, { mode: 0o600, flush: true });
  try {
    linkSync(partial, path);
  } catch (error) {
    if (!existsSync(path)) throw error;
  } finally {
    rmSync(partial, { force: true });
  }
}

function readKey(path: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(readFileSync(path));
  } catch (error) {
    throw noKey(path, messageOf(error), error);
  }
  if (key.asymmetricKeyType === 'ec') return key;
  throw noKey(path, `it is of the type ${key.asymmetricKeyType}`);
}

function noKey(path: string, why: string, cause?: unknown): MeshError {
  return new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'INVALID_CONFIG',
    message: `wanted an elliptic private key in PEM in ${path}, but ${why}; restore it from a backup: versions that were signed with it are trusted by it alone`,
    cause,
  });
}
