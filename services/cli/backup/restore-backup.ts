import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize, resolve } from 'node:path';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { replaceFile } from '../../shared/platform/process/replace-file.ts';
import { layoutVersion, type MeshRecord, meshRecordPath } from '../mesh-record.ts';
import type { ReportProgress } from '../up/step-progress.ts';
import {
  type BackupFile,
  type BackupManifest,
  copyFile,
  damaged,
  readManifest,
} from './backup-manifest.ts';

/** What is restored, and where. */
export interface RestoreJob {
  /** Folder of a backup. */
  readonly backup: string;
  /** Data directory: a folder that is empty or not there. */
  readonly dataDirectory: string;
  readonly report: ReportProgress;
  readonly signal: AbortSignal;
}

/** Of the data directory's folders; some have private keys. */
const folderMode = 0o700;

/**
 * Copies a backup into an empty data directory, after each file was found to be what was written. The directory has all of it, or nothing.
 * @throws {MeshError} FAILED_PRECONDITION / DATA_DIRECTORY_IN_USE or DATA_DIRECTORY_VERSION; INVALID_ARGUMENT / INVALID_CONFIG where there is no backup;
 *   DATA_LOSS / STATE_CORRUPT when it is damaged
 */
export async function restoreBackup(job: RestoreJob): Promise<BackupManifest> {
  const backup = resolve(job.backup);
  const target = resolve(job.dataDirectory);
  if (existsSync(target) && readdirSync(target).length > 0) throw notEmpty(target);
  const manifest = readManifest(backup);
  if (manifest.layoutVersion > layoutVersion) throw tooNew(backup, manifest);
  const partial = `${target}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true, mode: folderMode });
  try {
    await copyFiles(backup, partial, manifest, job);
    replaceFile(meshRecordPath(partial), `${JSON.stringify(recordOf(manifest), undefined, 2)}\n`);
    if (existsSync(target)) rmdirSync(target);
    renameSync(partial, target);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error;
  }
  return manifest;
}

async function copyFiles(
  backup: string,
  to: string,
  { files }: BackupManifest,
  { report, signal }: RestoreJob,
): Promise<void> {
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 1);
  let doneBytes = 0;
  for (const file of files) {
    signal.throwIfAborted();
    const path = insidePath(file);
    if (!existsSync(join(backup, path))) throw damaged(`${join(backup, path)} is missing`);
    mkdirSync(dirname(join(to, path)), { recursive: true, mode: folderMode });
    const copied = await copyFile(join(backup, path), join(to, path), file.mode, (bytes) => {
      doneBytes += bytes;
      report(Math.min(1, doneBytes / totalBytes), path);
    });
    if (copied.sha256 !== file.sha256 || copied.bytes !== file.bytes) {
      throw damaged(`${join(backup, path)} is not what was written: its digest differs`);
    }
  }
}

/** Nothing is written outside of the data directory, whatever a manifest says. */
function insidePath({ path }: BackupFile): string {
  if (isAbsolute(path) || normalize(path).startsWith('..')) {
    throw damaged(`the manifest names ${path}, which is outside of a data directory`);
  }
  return path;
}

function recordOf({ mesh, layoutVersion: layout }: BackupManifest): MeshRecord {
  return {
    layoutVersion: layout,
    mesh,
    owner: undefined,
    addresses: undefined,
    consoleAddress: undefined,
    meshModule: undefined,
    tlsFolder: undefined,
    hasVirtualClock: false,
    processes: [],
  };
}

function notEmpty(target: string): MeshError {
  return new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'DATA_DIRECTORY_IN_USE',
    message: `wanted an empty folder as data directory, got ${target}, which has files; name another with --data <folder>`,
  });
}

function tooNew(backup: string, { layoutVersion: found, madeBy }: BackupManifest): MeshError {
  return new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'DATA_DIRECTORY_VERSION',
    message: `the backup ${backup} has layout version ${found}, this mlmesh reads up to ${layoutVersion}; restore it with mlmesh ${madeBy}, which made it`,
    detail: { found, known: layoutVersion },
  });
}
