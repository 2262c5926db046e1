import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { AliasPosition, ModelVersion, PromotableAlias, Provenance } from './model-version.ts';
import type { AliasesMoved, VersionQuarantined } from './registry-event.ts';
import type { RegistryState } from './registry-state.ts';

/** A version before it has a number. */
export interface Registration {
  readonly model: string;
  readonly provenance: Provenance;
}

/** Asks to register a version. */
export interface RegisterCommand extends Registration {
  readonly actor: string;
  readonly atMs: number;
}

/** Asks to move an alias. */
export interface PromoteCommand {
  readonly model: string;
  readonly alias: PromotableAlias;
  readonly version: number;
  /** Generation that the caller has seen, 0 when there was none; -1 moves it whatever it is. */
  readonly expectedGeneration: number;
  readonly reason: string;
}

/** Asks to go back. */
export interface RollbackCommand {
  readonly model: string;
  readonly reason: string;
  /** Version that is to leave production; 0 means whichever is there. */
  readonly fromVersion: number;
}

/** Asks to mark a version as bad, or to clear it. */
export interface QuarantineCommand {
  readonly model: string;
  readonly version: number;
  readonly reason: string;
  readonly isCleared: boolean;
}

/** A rollback to append, or the one that stands already. */
export type DecidedRollback =
  | { readonly isKnown: false; readonly fact: AliasesMoved }
  | {
      readonly isKnown: true;
      readonly aliases: readonly AliasPosition[];
      readonly sequence: number;
    };

/** A version without its signature, which is made of it. */
export type UnsignedVersion = Omit<ModelVersion, 'signatureDigest'>;

/**
 * Gives the version to sign and register with the next number, or the one that is known when model, provenance and artifact are the same: sending a
 * registration again changes nothing.
 * @throws {MeshError} NOT_FOUND / VERSION_UNKNOWN when the parent is not there
 */
export function decideRegister(
  state: RegistryState,
  command: RegisterCommand,
):
  | { readonly version: ModelVersion; readonly isKnown: true }
  | { readonly version: UnsignedVersion; readonly isKnown: false } {
  const versions = state.versions(command.model);
  const wanted = canonicalJson(command.provenance);
  const known = versions.find(
    ({ version, provenance }) =>
      canonicalJson(provenance) === wanted && !state.isRemoved(command.model, version),
  );
  if (known !== undefined) return { version: known, isKnown: true };
  const { parentVersion } = command.provenance;
  if (parentVersion !== 0) state.version(command.model, parentVersion);
  return {
    isKnown: false,
    version: {
      model: command.model,
      version: versions.length + 1,
      provenance: command.provenance,
      registeredAtMs: command.atMs,
      registeredBy: command.actor,
    },
  };
}

/**
 * Gives the moves of a promotion. Moving `production` makes the version that was there `previous`.
 * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN, VERSION_UNKNOWN; ABORTED / ALIAS_MOVED; FAILED_PRECONDITION / VERSION_QUARANTINED,
 *   ARTIFACT_REMOVED
 */
export function decidePromote(state: RegistryState, command: PromoteCommand): AliasesMoved {
  const { model, alias, version, reason } = command;
  assertServable(state, model, version);
  const current = state.alias(model, alias);
  const generation = current?.generation ?? 0;
  if (command.expectedGeneration !== -1 && command.expectedGeneration !== generation) {
    throw new MeshError({
      code: 'ABORTED',
      reason: 'ALIAS_MOVED',
      message: `wanted alias '${alias}' of model '${model}' at generation ${command.expectedGeneration}, but it is at ${generation} and points to version ${current?.version ?? 0}; look again and decide anew`,
      detail: { generation },
    });
  }
  const moved = [next(state, { model, alias, version })];
  if (alias === 'production' && current !== undefined && current.version !== version) {
    moved.push(next(state, { model, alias: 'previous', version: current.version }));
  }
  return { kind: 'aliases-moved', aliases: moved, reason, isRollback: false };
}

/**
 * Gives the moves of a rollback: `production` goes to `previous`, and `previous` points nowhere, so that a second rollback does not bring the bad
 * version back: it gives what the first one gave.
 * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN; ABORTED / ALIAS_MOVED when another promotion has replaced the version that is to leave;
 *   FAILED_PRECONDITION / ROLLBACK_TARGET_MISSING, VERSION_QUARANTINED, ARTIFACT_REMOVED
 */
export function decideRollback(state: RegistryState, command: RollbackCommand): DecidedRollback {
  const { model, reason, fromVersion } = command;
  if (state.versions(model).length === 0) state.version(model, 0);
  const current = state.alias(model, 'production')?.version ?? 0;
  const standing = state.rollbackOf(model);
  const isMeant = fromVersion === 0 || fromVersion === standing?.fromVersion;
  if (standing !== undefined && isMeant) {
    return { isKnown: true, aliases: standing.aliases, sequence: standing.sequence };
  }
  if (fromVersion !== 0 && fromVersion !== current) {
    throw new MeshError({
      code: 'ABORTED',
      reason: 'ALIAS_MOVED',
      message: `wanted to take version ${fromVersion} of model '${model}' out of production, but version ${current} is there; look again and decide anew`,
      detail: { version: current },
    });
  }
  const target = state.alias(model, 'previous')?.version ?? 0;
  if (target === 0) {
    throw new MeshError({
      code: 'FAILED_PRECONDITION',
      reason: 'ROLLBACK_TARGET_MISSING',
      message: `model '${model}' has no previous version to go back to; promote the version that you want with \`mlmesh models promote\``,
    });
  }
  assertServable(state, model, target);
  const aliases = [
    next(state, { model, alias: 'production', version: target }),
    next(state, { model, alias: 'previous', version: 0 }),
  ];
  return { isKnown: false, fact: { kind: 'aliases-moved', aliases, reason, isRollback: true } };
}

/**
 * Gives what marks a version as bad, or clears it; undefined where it is so already. Previous, shadow and canary leave it with the mark.
 * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN, VERSION_UNKNOWN; FAILED_PRECONDITION / VERSION_IN_USE
 */
export function decideQuarantine(
  state: RegistryState,
  { model, version, reason, isCleared }: QuarantineCommand,
): VersionQuarantined | undefined {
  state.version(model, version);
  const isMarked = state.stateOf(model, version) === 'quarantined';
  if (isMarked !== isCleared) return undefined;
  const held = state.aliases(model).filter((position) => position.version === version);
  const serving = held.find(({ alias }) => alias === 'production' || alias === 'fallback');
  if (serving !== undefined) {
    const way =
      serving.alias === 'production'
        ? `\`mlmesh models rollback ${model}\``
        : `\`mlmesh models promote ${model} <version> --alias fallback\``;
    throw new MeshError({
      code: 'FAILED_PRECONDITION',
      reason: 'VERSION_IN_USE',
      message: `version ${version} of model '${model}' answers as ${serving.alias}; take it out first with ${way}`,
    });
  }
  const aliases = held.map(({ alias }) => next(state, { model, alias, version: 0 }));
  return { kind: 'version-quarantined', model, version, reason, isCleared, aliases };
}

function assertServable(state: RegistryState, model: string, version: number): void {
  state.version(model, version);
  if (state.stateOf(model, version) === 'quarantined') {
    throw new MeshError({
      code: 'FAILED_PRECONDITION',
      reason: 'VERSION_QUARANTINED',
      message: `version ${version} of model '${model}' is in quarantine; \`mlmesh models history ${model}\` says why, \`mlmesh models quarantine ${model} ${version} --clear\` clears it`,
    });
  }
  if (!state.isRemoved(model, version)) return;
  throw new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'ARTIFACT_REMOVED',
    message: `the artifact of version ${version} of model '${model}' was removed when it had not been used for long; train it anew with \`mlmesh reproduce\``,
  });
}

function next(state: RegistryState, position: Omit<AliasPosition, 'generation'>): AliasPosition {
  const generation = (state.alias(position.model, position.alias)?.generation ?? 0) + 1;
  return { ...position, generation };
}
