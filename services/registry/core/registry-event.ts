import { createHash } from 'node:crypto';
import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { Evidence } from './evidence.ts';
import type { AliasPosition, ModelVersion } from './model-version.ts';
import type { TrafficSet } from './traffic.ts';

/** Aliases moved together. */
export interface AliasesMoved {
  readonly kind: 'aliases-moved';
  readonly aliases: readonly AliasPosition[];
  readonly reason: string;
  readonly isRollback: boolean;
  /** The kinds of evidence that were missing when a person moved `production` or `canary` all the same; undefined when nothing was forced. */
  readonly forcedPast?: readonly string[];
}

/** Something was found out about a version. */
export interface EvidenceAttached {
  readonly kind: 'evidence-attached';
  readonly evidence: Evidence;
}

/** A version was marked as bad, or cleared. */
export interface VersionQuarantined {
  readonly kind: 'version-quarantined';
  readonly model: string;
  readonly version: number;
  readonly reason: string;
  readonly isCleared: boolean;
  /** The aliases that point nowhere now. */
  readonly aliases: readonly AliasPosition[];
}

/** The artifact of a version was removed. */
export interface ArtifactRemoved {
  readonly kind: 'artifact-removed';
  readonly model: string;
  readonly version: number;
}

/** What happened. */
export type RegistryFact =
  | { readonly kind: 'version-registered'; readonly version: ModelVersion }
  | AliasesMoved
  | VersionQuarantined
  | ArtifactRemoved
  | EvidenceAttached
  | TrafficSet;

/** A fact at its place in the log. */
export interface RegistryEvent {
  /** From 1, without gaps. */
  readonly sequence: number;
  /** Epoch ms; never before that of the event before. */
  readonly atMs: number;
  /** The authenticated peer that caused it. */
  readonly actor: string;
  readonly fact: RegistryFact;
  /** SHA-256 over the hash before and the canonical bytes of the rest, 64 hexadecimal digits. */
  readonly hash: string;
}

/** Hash before the first event. */
export const genesisHash = '0'.repeat(64);

/** Chains an event to the one before it. */
export function chain(previousHash: string, event: Omit<RegistryEvent, 'hash'>): RegistryEvent {
  const { sequence, atMs, actor, fact } = event;
  const body = canonicalJson({ sequence, atMs, actor, fact });
  const hash = createHash('sha256').update(previousHash).update(body).digest('hex');
  return { sequence, atMs, actor, fact, hash };
}

/**
 * Checks that an event is the one that comes next after `sequence`, whose hash is `hash`.
 * @throws {MeshError} DATA_LOSS / LOG_CORRUPT
 */
export function verifyNext(sequence: number, hash: string, event: RegistryEvent): void {
  if (event.sequence === sequence + 1 && chain(hash, event).hash === event.hash) return;
  throw logCorrupt(sequence + 1, 'its hash is not that of its content');
}

/** Gives DATA_LOSS / LOG_CORRUPT for the event at `sequence`. */
export function logCorrupt(sequence: number, why: string, cause?: unknown): MeshError {
  return new MeshError({
    code: 'DATA_LOSS',
    reason: 'LOG_CORRUPT',
    message: `the registry's log does not hold at event ${sequence}: ${why}; restore the log from a backup`,
    detail: { sequence },
    cause,
  });
}

/** Tells whether an event is about a model; '' means all. */
export function concerns({ fact }: RegistryEvent, model: string): boolean {
  if (model === '') return true;
  switch (fact.kind) {
    case 'version-registered':
      return fact.version.model === model;
    case 'aliases-moved':
      return fact.aliases.some((position) => position.model === model);
    case 'version-quarantined':
    case 'artifact-removed':
      return fact.model === model;
    case 'evidence-attached':
      return fact.evidence.model === model;
    case 'traffic-set':
      return fact.traffic.model === model;
  }
}
