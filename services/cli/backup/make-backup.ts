import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../../shared/kernel/clock.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { packageVersion } from '../../shared/platform/process/package-version.ts';
import { replaceFile } from '../../shared/platform/process/replace-file.ts';
import { copyStore, storeFileName } from '../../shared/platform/store/copy-store.ts';
import { diskFull } from '../../shared/platform/store/store-error.ts';
import { readMeshRecord } from '../mesh-record.ts';
import type { ReportProgress } from '../up/step-progress.ts';
import {
  type BackupFile,
  type BackupManifest,
  copyFile,
  manifestName,
  manifestText,
} from './backup-manifest.ts';
import { type BackupItem, filesOf, storesOf } from './backup-plan.ts';

/** What a backup is made of. */
export interface BackupJob {
  /** Data directory of a mesh, which may be running. */
  readonly dataDirectory: string;
  /** Folder that is made. */
  readonly target: string;
  readonly clock: Clock;
  readonly report: ReportProgress;
  readonly signal: AbortSignal;
}

/** A backup that was made. */
export interface MadeBackup {
  readonly folder: string;
  readonly manifest: BackupManifest;
  readonly bytes: number;
}

/** Only who made a backup reads it: it has private keys. */
const folderMode = 0o700;

/**
 * Copies all that a mesh keeps into a folder, while it serves. The folder is there when all of it is on disk, or not at all.
 * @throws {MeshError} ALREADY_EXISTS / INVALID_CONFIG; NOT_FOUND / INVALID_CONFIG where there is no mesh; ABORTED / STATE_CORRUPT when history was imported or erased
 *   meanwhile; RESOURCE_EXHAUSTED / DISK_FULL; DATA_LOSS / STATE_CORRUPT
 */
export async function makeBackup(job: BackupJob): Promise<MadeBackup> {
  const { clock } = job;
  const dataDirectory = resolve(job.dataDirectory);
  const target = resolve(job.target);
  if (existsSync(target)) throw taken(target);
  const record = readMeshRecord(dataDirectory);
  if (record === undefined) throw noMesh(dataDirectory);
  const partial = `${target}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true, mode: folderMode });
  try {
    const madeAtMs = clock.epoch();
    const files = await copyAll(dataDirectory, partial, job);
    const { mesh, layoutVersion } = record;
    const manifest = { mesh, layoutVersion, madeBy: packageVersion(), madeAtMs, files };
    replaceFile(join(partial, manifestName), manifestText(manifest));
    renameSync(partial, target);
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    return { folder: target, manifest, bytes };
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error;
  }
}

async function copyAll(
  from: string,
  to: string,
  { report, signal }: BackupJob,
): Promise<readonly BackupFile[]> {
  const history = historyOf(from);
  const stores = storesOf(from);
  const totalBytes = [...stores, ...filesOf(from)].reduce((sum, { bytes }) => sum + bytes, 0);
  checkRoom(to, totalBytes);
  let doneBytes = 0;
  const tell = (path: string) => (bytes: number) => {
    doneBytes += bytes;
    report(Math.min(1, doneBytes / Math.max(1, totalBytes)), path);
  };
  const made: BackupFile[] = [];
  for (const item of stores) {
    signal.throwIfAborted();
    await copyStore(join(from, item.path), join(to, item.path));
    made.push(await describeStore(to, item));
    tell(item.path)(item.bytes);
  }
  for (const item of filesOf(from)) {
    signal.throwIfAborted();
    const copied = await copyOne(from, to, item, tell(item.path));
    if (copied !== undefined) made.push(copied);
  }
  if (historyOf(from) !== history) throw changedMeanwhile(from);
  return made.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function describeStore(to: string, { path }: BackupItem): Promise<BackupFile> {
  const file = `${path}/${storeFileName}`;
  const hash = createHash('sha256');
  await pipeline(createReadStream(join(to, file)), hash);
  const { size, mode } = statSync(join(to, file));
  return { path: file, bytes: size, sha256: hash.digest('hex'), mode: mode & 0o777 };
}

/** Undefined for a blob that the registry's retention has removed since it was listed. */
async function copyOne(
  from: string,
  to: string,
  { path }: BackupItem,
  onBytes: (bytes: number) => void,
): Promise<BackupFile | undefined> {
  const found = statSync(join(from, path), { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  mkdirSync(dirname(join(to, path)), { recursive: true });
  const mode = found.mode & 0o777;
  const copied = await copyFile(join(from, path), join(to, path), mode, onBytes);
  return { path, mode, ...copied };
}

/** What the warehouse consists of: it has to be the same before and after, since the log of events goes on where it ends. */
function historyOf(dataDirectory: string): string {
  const folder = join(dataDirectory, 'feature', 'warehouse');
  if (!existsSync(folder)) return '';
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => {
      const { size, mtimeMs } = statSync(join(folder, name));
      return `${name} ${size} ${mtimeMs}`;
    })
    .join('\n');
}

function checkRoom(folder: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const freeBytes = bavail * bsize;
  if (freeBytes >= bytes) return;
  throw diskFull(
    folder,
    new Error(`its disk has ${freeBytes} bytes free, and ${bytes} are needed`),
  );
}

function taken(target: string): MeshError {
  return new MeshError({
    code: 'ALREADY_EXISTS',
    reason: 'INVALID_CONFIG',
    message: `wanted a folder that is not there as the place of the backup, got ${target}; name another`,
  });
}

function noMesh(dataDirectory: string): MeshError {
  return new MeshError({
    code: 'NOT_FOUND',
    reason: 'INVALID_CONFIG',
    message: `wanted the data directory of a mesh, got ${dataDirectory}, which has no mesh.json; name one with --data <folder>`,
  });
}

function changedMeanwhile(dataDirectory: string): MeshError {
  return new MeshError({
    code: 'ABORTED',
    reason: 'STATE_CORRUPT',
    message: `history of ${dataDirectory} was imported or erased while it was copied; nothing was kept: run the backup again`,
  });
}
