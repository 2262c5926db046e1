import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { MeshError, messageOf } from '../../shared/kernel/mesh-error.ts';

/** One file of a backup. */
export interface BackupFile {
  /** Relative to the backup, and to the data directory. */
  readonly path: string;
  readonly bytes: number;
  /** SHA-256, 64 hexadecimal digits. */
  readonly sha256: string;
  /** Permissions, such as 0o600 of a private key. */
  readonly mode: number;
}

/** What a backup says about itself. */
export interface BackupManifest {
  readonly mesh: string;
  /** Of the data directory. */
  readonly layoutVersion: number;
  /** Version of the mlmesh that made it, for people. */
  readonly madeBy: string;
  /** Epoch ms at which it began. */
  readonly madeAtMs: number;
  /** Sorted by path. */
  readonly files: readonly BackupFile[];
}

/** Name of the manifest's file in a backup. */
export const manifestName = 'backup.json';

/** Gives a manifest as text. Its first line is the digest of the rest, so that a manifest that was cut or changed is found out. */
export function manifestText(manifest: BackupManifest): string {
  const body = JSON.stringify(manifest, undefined, 1);
  return `${JSON.stringify({ sha256: digestOf(body), manifest: body })}\n`;
}

/**
 * Reads the manifest of a backup.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG where there is none; DATA_LOSS / STATE_CORRUPT when it was changed
 */
export function readManifest(folder: string): BackupManifest {
  const path = join(folder, manifestName);
  const { sha256, manifest } = fieldsOf(path);
  if (typeof manifest !== 'string' || sha256 !== digestOf(manifest)) {
    throw damaged(`${path} is not what was written: its digest differs`);
  }
  return JSON.parse(manifest) as BackupManifest; // its digest says that it is what manifestText wrote
}

/** Copies a file and gives its length and digest; `onBytes` hears of what was copied. The copy is on disk when it resolves. */
export async function copyFile(
  from: string,
  to: string,
  mode: number,
  onBytes: (bytes: number) => void,
): Promise<Pick<BackupFile, 'bytes' | 'sha256'>> {
  const hash = createHash('sha256');
  let bytes = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      onBytes(chunk.length);
      done(null, chunk);
    },
  });
  await pipeline(createReadStream(from), meter, createWriteStream(to, { mode, flush: true }));
  return { bytes, sha256: hash.digest('hex') };
}

/** Gives DATA_LOSS / STATE_CORRUPT for a backup that is not what was written. */
export function damaged(what: string): MeshError {
  return new MeshError({
    code: 'DATA_LOSS',
    reason: 'STATE_CORRUPT',
    message: `${what}; nothing was restored: use another backup`,
  });
}

function fieldsOf(path: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch (error) {
    throw noBackup(path, error);
  }
}

function noBackup(path: string, cause: unknown): MeshError {
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_CONFIG',
    message: `wanted a backup, with ${path}, which \`mlmesh backup\` makes: ${messageOf(cause)}`,
    cause,
  });
}

function digestOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
