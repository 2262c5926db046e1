import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { AliasPosition, ModelVersion, PromotableAlias, Provenance } from './model-version.ts';
import type { AliasesMoved } from './registry-event.ts';
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
}

/**
 * Gives the version to register with the next number, or the one that is known when model, provenance and artifact are the same: sending a
 * registration again changes nothing.
 * @throws {MeshError} NOT_FOUND / VERSION_UNKNOWN when the parent is not there
 */
export function decideRegister(
  state: RegistryState,
  command: RegisterCommand,
): { readonly version: ModelVersion; readonly isKnown: boolean } {
  const versions = state.versions(command.model);
  const wanted = canonicalJson(command.provenance);
  const known = versions.find(({ provenance }) => canonicalJson(provenance) === wanted);
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
 * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN, VERSION_UNKNOWN; ABORTED / ALIAS_MOVED
 */
export function decidePromote(state: RegistryState, command: PromoteCommand): AliasesMoved {
  const { model, alias, version, reason } = command;
  state.version(model, version);
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
 * version back.
 * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN; FAILED_PRECONDITION / ROLLBACK_TARGET_MISSING
 */
export function decideRollback(state: RegistryState, command: RollbackCommand): AliasesMoved {
  const { model, reason } = command;
  if (state.versions(model).length === 0) state.version(model, 0);
  const target = state.alias(model, 'previous');
  if (target === undefined || target.version === 0) {
    throw new MeshError({
      code: 'FAILED_PRECONDITION',
      reason: 'ROLLBACK_TARGET_MISSING',
      message: `model '${model}' has no previous version to go back to; promote the version that you want with \`mlmesh models promote\``,
    });
  }
  return {
    kind: 'aliases-moved',
    aliases: [
      next(state, { model, alias: 'production', version: target.version }),
      next(state, { model, alias: 'previous', version: 0 }),
    ],
    reason,
    isRollback: true,
  };
}

function next(state: RegistryState, position: Omit<AliasPosition, 'generation'>): AliasPosition {
  const generation = (state.alias(position.model, position.alias)?.generation ?? 0) + 1;
  return { ...position, generation };
}
