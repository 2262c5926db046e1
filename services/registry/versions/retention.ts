import type { Clock } from '../../shared/kernel/clock.ts';
import type { ModelVersion } from '../core/model-version.ts';
import type { RegistryEvent } from '../core/registry-event.ts';
import type { BlobStore } from '../ports.ts';
import type { Registry } from './registry.ts';
import { blobsOf } from './verify-log.ts';

/** What a retention works on. */
export interface RetentionParts {
  readonly registry: Registry;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  /** Days for which whatever an alias has pointed to, or was registered, can be served again; 0 is for ever. */
  readonly keepDays: number;
  /** Who removes: the registry itself. */
  readonly actor: string;
}

/** What a retention has removed. */
export interface Removed {
  readonly versions: number;
  readonly blobs: number;
}

const dayMs = 86_400_000;
/** Parsed in some milliseconds. */
const versionsAtOnce = 100;
/** A blob that nothing names may be one whose registration is on its way. */
const orphanMsMax = dayMs;

/**
 * Removes the artifacts of versions that no alias points to or has pointed to within the window, and that were registered before it; then blobs that no
 * version names. The log says of each version that it goes before it goes, and keeps all that is known of it.
 * @throws {MeshError} what the log and the blobs say
 */
export async function removeExpired(parts: RetentionParts): Promise<Removed> {
  const { registry, blobs, clock, keepDays, actor } = parts;
  // 0 keeps all of them.
  const beginMs = keepDays === 0 ? 0 : clock.epoch() - keepDays * dayMs;
  const needed = keepDays === 0 ? new Set() : await neededSince(registry, beginMs);
  let versions = 0;
  for await (const found of keptVersions(registry)) {
    if (found.registeredAtMs >= beginMs || needed.has(nameOf(found))) continue;
    const { model, version } = found;
    // Asked once more in turn: another registry may have moved an alias there, or removed it.
    const isFree = () =>
      !registry.state.isRemoved(model, version) &&
      !registry.state.aliases(model).some((position) => position.version === version);
    if (await registry.noteRemoval(isFree, { model, version }, actor)) versions += 1;
  }
  return { versions, blobs: await removeOrphans(blobs, registry, clock.epoch() - orphanMsMax) };
}

async function removeOrphans(
  blobs: BlobStore,
  registry: Registry,
  untilMs: number,
): Promise<number> {
  if (!(await hasOlder(blobs, untilMs))) return 0;
  // What is registered from here on names blobs that were written, or renewed, just now.
  const named = new Set<string>();
  for await (const version of keptVersions(registry)) {
    named.add(version.signatureDigest);
    for (const [, digest] of blobsOf(version)) named.add(digest);
  }
  let removed = 0;
  for await (const { digest, writtenAtMs } of blobs.list()) {
    if (named.has(digest) || writtenAtMs >= untilMs) continue;
    await blobs.remove(digest);
    removed += 1;
  }
  return removed;
}

async function hasOlder(blobs: BlobStore, untilMs: number): Promise<boolean> {
  for await (const { writtenAtMs } of blobs.list()) if (writtenAtMs < untilMs) return true;
  return false;
}

/** Gives all versions whose artifacts are there. There may be hundreds of thousands: calls are served in between. */
async function* keptVersions({ state }: Registry): AsyncGenerator<ModelVersion> {
  let seen = 0;
  for (const model of [...state.models]) {
    for (const version of state.versions(model)) {
      if (!state.isRemoved(model, version.version)) yield version;
      seen += 1;
      if (seen % versionsAtOnce === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** Names the versions that an alias has pointed to since a time, those at its begin included. */
async function neededSince(registry: Registry, beginMs: number): Promise<ReadonlySet<string>> {
  const held = new Map<string, string>();
  const needed = new Set<string>();
  for await (const event of registry.history(1)) {
    for (const { model, alias, version } of aliasesOf(event)) {
      // What it has pointed to until now was served within the window, if now is within it.
      if (event.atMs >= beginMs) needed.add(held.get(`${model}/${alias}`) ?? '');
      held.set(`${model}/${alias}`, nameOf({ model, version }));
      if (event.atMs >= beginMs) needed.add(nameOf({ model, version }));
    }
  }
  for (const name of held.values()) needed.add(name);
  return needed;
}

function aliasesOf({ fact }: RegistryEvent) {
  switch (fact.kind) {
    case 'aliases-moved':
    case 'version-quarantined':
      return fact.aliases;
    case 'version-registered':
    case 'artifact-removed':
    case 'evidence-attached':
    case 'traffic-set':
      return [];
  }
}

function nameOf({ model, version }: Pick<ModelVersion, 'model' | 'version'>): string {
  return `${model}@${version}`;
}
