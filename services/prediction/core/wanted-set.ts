import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { isShadowAlias } from '../../shared/kernel/shadow-alias.ts';
import type { MonotonicMs } from '../../shared/kernel/units.ts';
import { type KnownVersion, servableId } from './servable-spec.ts';

/** An alias of the registry. */
export interface AliasPosition {
  readonly model: string;
  readonly alias: string;
  readonly version: number;
}

/** All that the registry says, at one moment. */
export interface RegistryView {
  readonly versions: readonly KnownVersion[];
  readonly aliases: readonly AliasPosition[];
}

/** The part that a hosted version plays; the first that it plays is the one that counts. */
export type ServableRole = AliasRole | 'requested';

type AliasRole = 'production' | 'canary' | 'control' | 'previous' | 'shadow';

/**
 * Aliases whose versions are hosted, in the order in which they are loaded. `previous` is among them so that a rollback
 * finds its target warm; `fallback` is not: the router runs it on a thread of its own.
 */
const hostedAliases: readonly AliasRole[] = [
  'production',
  'canary',
  'control',
  'previous',
  'shadow',
];

/** A version that somebody asked to host, though no alias may point to it. */
export interface RequestedServable {
  readonly known: KnownVersion;
  /** When it was asked last, or requested. */
  readonly usedAt: MonotonicMs;
}

/** A version that is to be hosted. */
export interface WantedServable extends KnownVersion {
  readonly role: ServableRole;
}

/** Gives the versions that are to be hosted, each once, those of `production` first. */
export function wantedServables(view: RegistryView): readonly WantedServable[] {
  const versions = new Map(view.versions.map((version) => [servableId(version), version]));
  const wanted = new Map<string, WantedServable>();
  for (const role of hostedAliases) {
    for (const position of view.aliases.filter(({ alias }) => isOf(role, alias))) {
      const id = servableId(position);
      const version = versions.get(id);
      if (version !== undefined && !wanted.has(id)) wanted.set(id, { ...version, role });
    }
  }
  return [...wanted.values()];
}

/** A model has any number of shadows, each under an alias of its own. */
function isOf(role: AliasRole, alias: string): boolean {
  return role === 'shadow' ? isShadowAlias(alias) : alias === role;
}

/**
 * Gives all that is to be hosted: what aliases point to, and behind it what was requested, the most recently used first, so that what
 * does not fit any more is the least recently used.
 */
export function withRequested(
  aliased: readonly WantedServable[],
  requested: readonly RequestedServable[],
): readonly WantedServable[] {
  const ids = new Set(aliased.map(servableId));
  const others = requested.filter(({ known }) => !ids.has(servableId(known)));
  const byUse = [...others].sort((left, right) => right.usedAt - left.usedAt);
  return [
    ...aliased,
    ...byUse.map(({ known }): WantedServable => ({ ...known, role: 'requested' })),
  ];
}

/** Bytes of memory that one session of a version may take; 0 for one that can't be served. */
export function memoryBytesOf({ spec }: KnownVersion): number {
  return spec instanceof MeshError ? 0 : spec.memoryBytes;
}

/** Whether a caller waits for the answers of this part. */
export function isAnswering(role: ServableRole): boolean {
  switch (role) {
    case 'production':
    case 'canary':
    case 'control':
      return true;
    case 'previous':
    case 'shadow':
    // Whoever loads a model by request tries it out; production must not end for it.
    case 'requested':
      return false;
  }
}
