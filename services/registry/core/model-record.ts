import type { AttachedEvidence } from './evidence.ts';
import type { AliasPosition } from './model-version.ts';
import { nextState, type StateTrigger, type VersionState } from './version-states.ts';

/** What is known of one model beside its versions. */
export interface ModelRecord {
  /** One for each version. */
  readonly states: VersionState[];
  /** Numbers of the versions whose artifacts were removed. */
  readonly removed: number[];
  readonly aliases: Record<string, AliasPosition>;
  /** Sequence at which each alias came to point where it does. */
  readonly movedAt: Record<string, number>;
  /** The last rollback, while production and previous are where it left them. */
  rollback?: RollbackRecord | undefined;
  /** The newest evidence of each kind by {@link evidenceKey}; records of before there was any have none. */
  evidence?: Record<string, AttachedEvidence>;
}

/** A rollback that still stands. */
export interface RollbackRecord {
  readonly sequence: number;
  /** Version that left production. */
  readonly fromVersion: number;
  readonly aliases: readonly AliasPosition[];
}

/** Gives the record of a model of which nothing is known yet. */
export function emptyRecord(): ModelRecord {
  return { states: [], removed: [], aliases: {}, movedAt: {}, rollback: undefined };
}

/** Moves an alias, and with it the states of the version that it leaves and of the one that it comes to. */
export function moveAlias(record: ModelRecord, position: AliasPosition, sequence: number): void {
  const { alias, version } = position;
  const before = record.aliases[alias]?.version ?? 0;
  record.aliases[alias] = position;
  if (version !== before) record.movedAt[alias] = sequence;
  if (alias === 'production' || alias === 'previous') record.rollback = undefined;
  for (const touched of [before, version]) touch(record, touched);
}

/** Aliases that say where a version stands, the strongest first. */
const servingAliases = [
  ['production', 'promoted'],
  ['canary', 'canaried'],
  ['shadow', 'shadowed'],
] as const;

/** Moves a version to the state that the strongest of its aliases gives it. */
function touch(record: ModelRecord, version: number): void {
  const state = record.states[version - 1];
  if (state === undefined) return;
  const held = servingAliases.find(([alias]) => record.aliases[alias]?.version === version);
  const trigger: StateTrigger = held?.[1] ?? 'left';
  record.states[version - 1] = nextState(state, trigger);
}

/** Names the evidence of a kind for a version. */
export function evidenceKey(version: number, kind: string): string {
  return `${version}/${kind}`;
}
