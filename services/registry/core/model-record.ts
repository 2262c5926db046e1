import { isShadowAlias } from '../../shared/kernel/shadow-alias.ts';
import type { AttachedEvidence } from './evidence.ts';
import type { AliasPosition } from './model-version.ts';
import type { ModelTraffic } from './traffic.ts';
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
  /** How its traffic is steered; absent while nobody has steered it. */
  traffic?: ModelTraffic;
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

/** Moves a version to the state that the strongest of its aliases gives it. */
function touch(record: ModelRecord, version: number): void {
  const state = record.states[version - 1];
  if (state === undefined) return;
  record.states[version - 1] = nextState(state, triggerOf(record, version));
}

/** Production is stronger than canary, and canary than any shadow. */
function triggerOf({ aliases }: ModelRecord, version: number): StateTrigger {
  if (aliases['production']?.version === version) return 'promoted';
  if (aliases['canary']?.version === version) return 'canaried';
  const isShadow = Object.values(aliases).some(
    (position) => position.version === version && isShadowAlias(position.alias),
  );
  return isShadow ? 'shadowed' : 'left';
}

/** Names the evidence of a kind for a version. */
export function evidenceKey(version: number, kind: string): string {
  return `${version}/${kind}`;
}
