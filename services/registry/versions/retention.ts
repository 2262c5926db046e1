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
  const expired = registry.state
    .versions('')
    .filter((version) => version.registeredAtMs < beginMs && !needed.has(nameOf(version)))
    .filter(({ model, version }) => !registry.state.isRemoved(model, version));
  let versions = 0;
  for (const { model, version } of expired) {
    const isFree = () =>
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
  const { state } = registry;
  const named = new Set(
    state
      .versions('')
      .filter(({ model, version }) => !state.isRemoved(model, version))
      .flatMap((version) => [
        version.signatureDigest,
        ...blobsOf(version).map(([, digest]) => digest),
      ]),
  );
  let removed = 0;
  for await (const { digest, writtenAtMs } of blobs.list()) {
    if (named.has(digest) || writtenAtMs >= untilMs) continue;
    await blobs.remove(digest);
    removed += 1;
  }
  return removed;
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
      return [];
  }
}

function nameOf({ model, version }: Pick<ModelVersion, 'model' | 'version'>): string {
  return `${model}@${version}`;
}
