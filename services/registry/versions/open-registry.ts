import type { Component } from '../../shared/kernel/component.ts';
import { messageOf } from '../../shared/kernel/mesh-error.ts';
import { Registry, type RegistryParts } from './registry.ts';
import { readSnapshot, removeSnapshot, type SnapshotPlace, writeSnapshot } from './snapshot.ts';
import { verifyLog } from './verify-log.ts';

/** Events beyond a snapshot from which on a start writes a new one: reading so many takes about a second. */
const behindMax = 10_000;

/** Where the snapshot of a registry lives, and who learns why one was not used or not written: the registry goes on without it. */
export interface SnapshotOptions extends SnapshotPlace {
  readonly onProblem: (message: string) => void;
}

/** A registry, and what keeps its next start short. */
export interface OpenedRegistry {
  readonly registry: Registry;
  /** Writes down the fold when it stops, and reads the part of the chain that the start has left out. */
  readonly snapshots: Component;
}

/**
 * Opens a registry out of its snapshot, where it has one that holds, and what the log has beyond it. The chain up to there is read while it serves: a log that
 * does not hold ends the process, and without its snapshot the next start says where.
 * @throws {MeshError} DATA_LOSS / LOG_CORRUPT
 */
export async function openRegistry(
  parts: Omit<RegistryParts, 'state'>,
  place: SnapshotOptions,
): Promise<OpenedRegistry> {
  const found = await readSnapshot(place, parts.log);
  if (found.kind === 'unusable') {
    place.onProblem(`left the snapshot out and read the whole log, since ${found.why}`);
  }
  const knownEvents = found.kind === 'found' ? found.state.sequence : 0;
  const registry = await Registry.open(
    found.kind === 'found' ? { ...parts, state: found.state } : parts,
  );
  if (registry.state.sequence - knownEvents >= behindMax) await tryToWrite(place, registry);
  return { registry, snapshots: snapshots(registry, parts, { place, knownEvents }) };
}

function snapshots(
  registry: Registry,
  parts: Omit<RegistryParts, 'state'>,
  { place, knownEvents }: { readonly place: SnapshotOptions; readonly knownEvents: number },
): Component {
  let isLeaving = false;
  let checking: Promise<void> = Promise.resolve();
  async function checkChain(): Promise<void> {
    for await (const { fault } of verifyLog(parts, { isChainOnly: true })) {
      if (fault !== '') {
        await removeSnapshot(place);
        throw new Error(fault);
      }
      if (isLeaving) return;
    }
  }
  return {
    name: 'snapshots',
    start() {
      // Nobody waits for it: a failure is one of the process.
      if (knownEvents > 0) checking = checkChain();
      return Promise.resolve();
    },
    async stop() {
      isLeaving = true;
      await checking;
      if (registry.state.sequence > knownEvents) await tryToWrite(place, registry);
    },
  };
}

/** Without a snapshot a start takes longer, and that is all: a full disk keeps no registry from starting or stopping. */
async function tryToWrite(place: SnapshotOptions, { state }: Registry): Promise<void> {
  try {
    await writeSnapshot(place, state);
  } catch (error) {
    place.onProblem(`could not write the snapshot: ${messageOf(error)}`);
  }
}
