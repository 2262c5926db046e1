import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { MeshError } from '../shared/kernel/mesh-error.ts';
import type { MeshAddresses } from '../shared/platform/process/mesh-addresses.ts';
import { isAlive } from '../shared/platform/process/process-identity.ts';
import { trustedKeyPath } from '../shared/platform/store/trusted-key.ts';
import { type CallerTls, openCallerTls } from './certs/caller-tls.ts';
import { UsageError } from './exit-code.ts';
import { type MeshRecord, readMeshRecord } from './mesh-record.ts';

/** A running mesh. */
export interface FoundMesh {
  readonly dataDirectory: string;
  readonly record: MeshRecord;
  readonly addresses: MeshAddresses;
  /** What whoever runs this command proves themselves with; undefined for a mesh without TLS. */
  readonly tls: CallerTls | undefined;
  /** Path of the public key that versions are trusted by. */
  readonly trustedKey: string;
}

const parent = '.mlmesh';

/**
 * Finds the running mesh of a data directory or, without one, the only one that runs out of this folder.
 * @param as whose certificate is used, where the mesh has TLS
 * @throws {MeshError} UNAVAILABLE / PEER_UNAVAILABLE when none runs
 * @throws {UsageError} when several run and none is named
 */
export function findMesh(dataDirectory: string | undefined, as?: string): FoundMesh {
  const candidates = dataDirectory === undefined ? dataDirectories() : [resolve(dataDirectory)];
  const running = candidates.flatMap(runningIn);
  const [first, ...others] = running;
  if (first === undefined) throw noneRuns(dataDirectory);
  if (others.length > 0) {
    const names = running.map((mesh) => mesh.dataDirectory).join(', ');
    throw new UsageError(`several meshes run here; say which with --data: ${names}`);
  }
  const tls = openCallerTls(first.record.tlsFolder, as);
  return { ...first, tls, trustedKey: trustedKeyPath(first.dataDirectory) };
}

function dataDirectories(): readonly string[] {
  if (!existsSync(parent)) return [];
  return readdirSync(parent).map((name) => resolve(join(parent, name)));
}

function runningIn(dataDirectory: string): readonly Omit<FoundMesh, 'tls' | 'trustedKey'>[] {
  const record = readMeshRecord(dataDirectory);
  if (record?.owner === undefined || record.addresses === undefined) return [];
  if (!isAlive(record.owner)) return [];
  return [{ dataDirectory, record, addresses: record.addresses }];
}

function noneRuns(dataDirectory: string | undefined): MeshError {
  const where = dataDirectory === undefined ? 'out of this folder' : `in ${resolve(dataDirectory)}`;
  return new MeshError({
    code: 'UNAVAILABLE',
    reason: 'PEER_UNAVAILABLE',
    message: `no mesh runs ${where}; start one with \`mlmesh up <mesh>\`, name its data directory with --data <folder>, or the settings of a mesh elsewhere with --settings <file>`,
  });
}
