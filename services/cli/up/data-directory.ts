import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Clock } from '../../shared/kernel/clock.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import { isAlive, ownIdentity } from '../../shared/platform/process/process-identity.ts';
import { replaceFile } from '../../shared/platform/process/replace-file.ts';
import {
  layoutVersion,
  type MeshRecord,
  meshRecordPath,
  type ProcessRecord,
  readMeshRecord,
} from '../mesh-record.ts';
import { lockDirectory } from './directory-lock.ts';

/** What of a record changes while a mesh runs. */
export type MeshRecordChange = Partial<
  Pick<
    MeshRecord,
    'addresses' | 'consoleAddress' | 'meshModule' | 'tlsFolder' | 'hasVirtualClock' | 'processes'
  >
>;

/** A data directory that this process holds. */
export interface DataDirectory extends Disposable {
  /** Absolute. */
  readonly path: string;
  /** Gives the path of a folder inside, which is made if it is missing. */
  readonly folder: (name: string) => string;
  /** Changes the record, `mesh.json`, in one step. */
  readonly record: (change: MeshRecordChange) => void;
}

/**
 * Opens the data directory of a mesh for this process alone; makes it if it is missing. Disposing it lets it go.
 * @throws {MeshError} FAILED_PRECONDITION / DATA_DIRECTORY_IN_USE when another process or another mesh has it, or when it holds
 *   files that are not mlmesh's
 * @throws {MeshError} FAILED_PRECONDITION / DATA_DIRECTORY_VERSION when another version of mlmesh wrote it
 */
export async function openDataDirectory(
  folder: string,
  mesh: string,
  clock: Clock,
): Promise<DataDirectory> {
  const path = resolve(folder);
  refuseForeignFiles(path);
  mkdirSync(path, { recursive: true });
  const lock = lockDirectory(path);
  if (lock.kind === 'held') throw heldError(path, lock.owner.pid);
  try {
    const found = readMeshRecord(path);
    checkRecord(path, mesh, found);
    await endLeftovers(found?.processes ?? [], clock);
  } catch (error) {
    lock.release();
    throw error;
  }
  let record: MeshRecord = {
    layoutVersion,
    mesh,
    owner: ownIdentity(),
    addresses: undefined,
    consoleAddress: undefined,
    meshModule: undefined,
    tlsFolder: undefined,
    hasVirtualClock: false,
    processes: [],
  };
  const write = (change: Partial<MeshRecord>) => {
    record = { ...record, ...change };
    replaceFile(meshRecordPath(path), `${JSON.stringify(record, undefined, 2)}\n`);
  };
  write({});
  return {
    path,
    folder(name) {
      const inside = join(path, name);
      mkdirSync(inside, { recursive: true });
      return inside;
    },
    record: write,
    [Symbol.dispose]() {
      write({ owner: undefined, addresses: undefined, consoleAddress: undefined, processes: [] });
      lock.release();
    },
  };
}

/** A folder that was given by mistake keeps what it has. */
function refuseForeignFiles(path: string): void {
  if (!existsSync(path) || existsSync(meshRecordPath(path))) return;
  const foreign = readdirSync(path).filter((name) => !/^(lock|mesh\.json)(\.|$)/.test(name));
  if (foreign.length === 0) return;
  throw inUse(
    `wanted an empty or a mesh's folder as data directory, got ${path}, which holds '${foreign[0]}' and no mesh.json; choose another with --data <folder>`,
  );
}

function checkRecord(path: string, mesh: string, found: MeshRecord | undefined): void {
  if (found === undefined) return;
  if (found.layoutVersion !== layoutVersion) {
    throw new MeshError({
      code: 'FAILED_PRECONDITION',
      reason: 'DATA_DIRECTORY_VERSION',
      message: `data directory ${path} has layout version ${found.layoutVersion}, this mlmesh reads version ${layoutVersion}; run the mlmesh that wrote it, or choose another folder with --data <folder>`,
      detail: { layoutVersion: found.layoutVersion },
    });
  }
  if (found.mesh !== mesh) {
    throw inUse(
      `data directory ${path} belongs to mesh '${found.mesh}', wanted one for '${mesh}'; choose another with --data <folder>`,
    );
  }
}

function heldError(path: string, pid: number): MeshError {
  return inUse(
    `data directory ${path} is in use by a running mesh (process ${pid}); \`mlmesh status --data ${path}\` shows it; stop it with Ctrl-C there, or choose another folder with --data <folder>`,
  );
}

function inUse(message: string): MeshError {
  return new MeshError({ code: 'FAILED_PRECONDITION', reason: 'DATA_DIRECTORY_IN_USE', message });
}

const leftoverMsMax = 6_000; // a service that lost its supervisor drains for 5 s at most

/** Services whose supervisor was killed may still be draining; they hold files and ports until they are gone. */
async function endLeftovers(processes: readonly ProcessRecord[], clock: Clock): Promise<void> {
  const { signal } = new AbortController();
  const untilMs = clock.monotonic() + leftoverMsMax;
  const living = () => processes.filter(isAlive);
  while (living().length > 0 && clock.monotonic() < untilMs) {
    await clock.sleep(durationMs(50), signal);
  }
  for (const { pid } of living()) process.kill(pid, 'SIGKILL');
}
