import { createHash } from 'node:crypto';
import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { AliasPosition, ModelVersion } from './model-version.ts';

/** What happened. */
export type RegistryFact =
  | { readonly kind: 'version-registered'; readonly version: ModelVersion }
  | {
      readonly kind: 'aliases-moved';
      readonly aliases: readonly AliasPosition[];
      readonly reason: string;
      readonly isRollback: boolean;
    };

/** A fact at its place in the log. */
export interface RegistryEvent {
  /** From 1, without gaps. */
  readonly sequence: number;
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
 * Checks that events follow each other from the first on, and gives the hash of the last.
 * @throws {MeshError} DATA_LOSS / LOG_CORRUPT naming the first event that does not fit
 */
export function verifyChain(events: Iterable<RegistryEvent>): string {
  let hash = genesisHash;
  let sequence = 0;
  for (const event of events) {
    sequence += 1;
    if (event.sequence !== sequence || chain(hash, event).hash !== event.hash) {
      throw new MeshError({
        code: 'DATA_LOSS',
        reason: 'LOG_CORRUPT',
        message: `the registry's log does not hold at event ${sequence}: its hash is not that of its content; restore the log from a backup`,
        detail: { sequence },
      });
    }
    hash = event.hash;
  }
  return hash;
}
