import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type AddressList,
  addressList,
  type MeshAddresses,
  meshAddresses,
} from '../shared/platform/process/mesh-addresses.ts';
import type { ProcessIdentity } from '../shared/platform/process/process-identity.ts';
import { type ServiceName, serviceNames } from '../shared/platform/process/service-name.ts';

/** Version of the layout of a data directory; raised when an older mlmesh can't read a newer directory. */
export const layoutVersion = 4;

/** One service process as the record names it. */
export interface ProcessRecord extends ProcessIdentity {
  readonly service: string;
  /** Which of the service's replicas it is, from 1. */
  readonly replica: number;
}

/** What `mesh.json` in a data directory says. */
export interface MeshRecord {
  readonly layoutVersion: number;
  readonly mesh: string;
  /** The `mlmesh up` that runs it; undefined while none does. */
  readonly owner: ProcessIdentity | undefined;
  /** Where the services listen, replica by replica; undefined while none does. */
  readonly addresses: MeshAddresses | undefined;
  /** Where its console listens; undefined where it has none. */
  readonly consoleAddress: string | undefined;
  /** Bundled mesh module. */
  readonly meshModule: string | undefined;
  /** Folder of the certificates, absolute; undefined without TLS. */
  readonly tlsFolder: string | undefined;
  /** Whether a replay owns time: requests then name theirs. */
  readonly hasVirtualClock: boolean;
  readonly processes: readonly ProcessRecord[];
}

/** Gives the path of the record of a data directory. */
export function meshRecordPath(dataDirectory: string): string {
  return join(dataDirectory, 'mesh.json');
}

/** Reads the record of a data directory; gives undefined where there is none, or none that can be read. */
export function readMeshRecord(dataDirectory: string): MeshRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(meshRecordPath(dataDirectory), 'utf8'));
  } catch {
    return undefined;
  }
  return parseMeshRecord(value);
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function parseMeshRecord(value: unknown): MeshRecord | undefined {
  if (!isFields(value)) return undefined;
  const {
    layoutVersion: layout,
    mesh,
    owner,
    addresses,
    consoleAddress,
    meshModule,
    processes,
    tlsFolder,
  } = value;
  if (typeof layout !== 'number' || typeof mesh !== 'string') return undefined;
  return {
    layoutVersion: layout,
    mesh,
    owner: parseIdentity(owner),
    addresses: parseAddresses(addresses),
    consoleAddress: typeof consoleAddress === 'string' ? consoleAddress : undefined,
    meshModule: typeof meshModule === 'string' ? meshModule : undefined,
    tlsFolder: typeof tlsFolder === 'string' ? tlsFolder : undefined,
    hasVirtualClock: value['hasVirtualClock'] === true,
    processes: Array.isArray(processes) ? processes.flatMap(parseProcess) : [],
  };
}

function parseIdentity(value: unknown): ProcessIdentity | undefined {
  if (!isFields(value) || typeof value['pid'] !== 'number') return undefined;
  const { pid, startTicks } = value;
  return { pid, startTicks: typeof startTicks === 'string' ? startTicks : undefined };
}

function parseProcess(value: unknown): readonly ProcessRecord[] {
  const identity = parseIdentity(value);
  if (identity === undefined || !isFields(value)) return [];
  const { service, replica } = value;
  if (typeof service !== 'string') return [];
  return [{ ...identity, service, replica: typeof replica === 'number' ? replica : 1 }];
}

function parseAddresses(value: unknown): MeshRecord['addresses'] {
  if (!isFields(value)) return undefined;
  const found = new Map<ServiceName, AddressList>();
  for (const service of serviceNames) {
    const listed = value[service];
    const texts = Array.isArray(listed) ? listed.filter((one) => typeof one === 'string') : [];
    const list = addressList(texts);
    if (list === undefined) return undefined;
    found.set(service, list);
  }
  return meshAddresses((service) => found.get(service) ?? ['']);
}
