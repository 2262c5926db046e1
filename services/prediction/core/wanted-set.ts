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
export type ServableRole = 'production' | 'canary' | 'control' | 'previous' | 'shadow';

/**
 * Aliases whose versions are hosted, in the order in which they are loaded. `previous` is among them so that a rollback
 * finds its target warm; `fallback` is not: the router runs it on a thread of its own.
 */
const hostedAliases: readonly ServableRole[] = [
  'production',
  'canary',
  'control',
  'previous',
  'shadow',
];

/** A version that is to be hosted. */
export interface WantedServable extends KnownVersion {
  readonly role: ServableRole;
}

/** Gives the versions that are to be hosted, each once, those of `production` first. */
export function wantedServables(view: RegistryView): readonly WantedServable[] {
  const versions = new Map(view.versions.map((version) => [servableId(version), version]));
  const wanted = new Map<string, WantedServable>();
  for (const role of hostedAliases) {
    for (const position of view.aliases.filter(({ alias }) => alias === role)) {
      const id = servableId(position);
      const version = versions.get(id);
      if (version !== undefined && !wanted.has(id)) wanted.set(id, { ...version, role });
    }
  }
  return [...wanted.values()];
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
      return false;
  }
}
