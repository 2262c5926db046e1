import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { isShadowAlias } from '../../shared/kernel/shadow-alias.ts';
import { type Check, checklistIncomplete, checklistOf, missingChecks } from './checklist.ts';
import { checklistSubject } from './checklist-subject.ts';
import type { Deciding } from './deciding.ts';
import type { Evidence } from './evidence.ts';
import { type EvidenceKind, evidenceKinds } from './evidence-kinds.ts';
import {
  type AliasPosition,
  type ModelVersion,
  type PromotableAlias,
  type Provenance,
  shadowsMax,
} from './model-version.ts';
import type { AliasesMoved, EvidenceAttached, VersionQuarantined } from './registry-event.ts';
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
  /** Whether `production` or `canary` moves although the checklist is not complete; the log says so for ever. */
  readonly isForced?: boolean;
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
 * @throws {MeshError} NOT_FOUND / VERSION_UNKNOWN when the parent is not there; INVALID_ARGUMENT / PROVENANCE_INCOMPLETE when it was
 *   trained in the future
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
  assertPast(command);
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
 * Gives the evidence to attach. It has to be about the artifact of its version, of a kind of the table, and not from the future.
 * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN, VERSION_UNKNOWN; INVALID_ARGUMENT / INVALID_FIELD; FAILED_PRECONDITION / EVIDENCE_MISMATCH
 */
export function decideAttach(
  state: RegistryState,
  evidence: Evidence,
  { nowMs, kinds = evidenceKinds }: Deciding,
): EvidenceAttached {
  const { model, version, artifactDigest, kind } = evidence;
  const { provenance } = state.version(model, version);
  if (!kinds.some((known) => known.kind === kind)) {
    throw unknownKind(kind, kinds);
  }
  if (artifactDigest !== provenance.artifactDigest) {
    throw new MeshError({
      code: 'FAILED_PRECONDITION',
      reason: 'EVIDENCE_MISMATCH',
      message: `wanted evidence about the artifact ${provenance.artifactDigest} of version ${version} of model '${model}', got some about ${artifactDigest}; check that version itself`,
    });
  }
  return {
    kind: 'evidence-attached',
    evidence: { ...evidence, madeAtMs: Math.min(evidence.madeAtMs, nowMs) },
  };
}

/**
 * Gives the moves of a promotion. Moving `production` or `canary` puts a version before callers, which asks for a complete checklist unless it is forced. Moving
 * `production` makes the version that was there `previous`, and takes shadows and canary from the version that answers now itself.
 * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN, VERSION_UNKNOWN; ABORTED / ALIAS_MOVED; FAILED_PRECONDITION / VERSION_QUARANTINED,
 *   ARTIFACT_REMOVED, CHECKLIST_INCOMPLETE, SHADOW_LIMIT
 */
export function decidePromote(
  state: RegistryState,
  command: PromoteCommand,
  deciding: Deciding,
): AliasesMoved {
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
  const fact = { kind: 'aliases-moved', reason, isRollback: false } as const;
  const moved = next(state, { model, alias, version });
  if (alias !== 'production' && alias !== 'canary') {
    if (isShadowAlias(alias)) assertShadowRoom(state, model, alias);
    return { ...fact, aliases: [moved] };
  }
  if (current?.version === version) {
    // It serves already: nothing new gets in, and how it came there stays.
    return { ...fact, aliases: [{ ...moved, ...markOf(current) }] };
  }
  const beside = alias === 'production' ? movedBeside(state, command, current) : [];
  const missing = missingOf(state, command, deciding);
  if (missing.length === 0) return { ...fact, aliases: [moved, ...beside] };
  if (command.isForced !== true) throw checklistIncomplete({ ...command, alias }, missing);
  return {
    ...fact,
    aliases: [{ ...moved, isForced: true }, ...beside],
    forcedPast: missing.map(({ kind }) => kind.kind),
  };
}

/** What moves with `production`. */
function movedBeside(
  state: RegistryState,
  { model, version }: PromoteCommand,
  current: AliasPosition | undefined,
): readonly AliasPosition[] {
  const previous =
    current === undefined || current.version === 0
      ? []
      : [next(state, { model, alias: 'previous', version: current.version, ...markOf(current) })];
  const left = state
    .aliases(model)
    .filter((held) => held.version === version)
    .filter(({ alias }) => alias === 'canary' || isShadowAlias(alias))
    .map(({ alias }) => next(state, { model, alias, version: 0 }));
  return [...previous, ...left];
}

function assertShadowRoom(state: RegistryState, model: string, alias: string): void {
  const held = state
    .aliases(model)
    .filter((position) => position.version !== 0 && isShadowAlias(position.alias));
  const isThere = held.some((position) => position.alias === alias);
  if (isThere || held.length < shadowsMax) return;
  const names = held.map((position) => position.alias).join(', ');
  throw new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'SHADOW_LIMIT',
    message: `wanted '${alias}' as a shadow of model '${model}', which has ${shadowsMax} already, and no more are allowed: ${names}; move one of those`,
    detail: { shadowsMax },
  });
}

function missingOf(
  state: RegistryState,
  command: PromoteCommand,
  deciding: Deciding,
): readonly Check[] {
  const { kinds = evidenceKinds } = deciding;
  return missingChecks(checklistOf(kinds, checklistSubject(state, command, deciding)));
}

/**
 * Gives the moves of a rollback: `production` goes to `previous`, and `previous` points nowhere, so that a second rollback does not bring the bad
 * version back: it gives what the first one gave. Where there is no previous version `production` points nowhere, and the fallback model answers.
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
  const before = state.alias(model, 'previous');
  const target = before?.version ?? 0;
  if (target === 0) assertFallback(state, model, current);
  else assertServable(state, model, target);
  const previous = next(state, { model, alias: 'previous', version: 0 });
  const aliases = [
    next(state, { model, alias: 'production', version: target, ...markOf(before) }),
    ...(target === 0 ? [] : [previous]),
  ];
  return { isKnown: false, fact: { kind: 'aliases-moved', aliases, reason, isRollback: true } };
}

/**
 * Gives what marks a version as bad, or clears it; undefined where it is so already. Previous, shadows and canary leave it with the mark.
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

// 5 minutes: clocks of machines that nobody synchronizes are off by less.
const clockToleranceMs = 300_000;

function assertPast({ provenance: { trainedAtMs }, atMs }: RegisterCommand): void {
  if (trainedAtMs <= atMs + clockToleranceMs) return;
  const description = `wanted a time that is over, got one ${Math.ceil((trainedAtMs - atMs) / 1_000)} s ahead of the registry's clock`;
  throw new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'PROVENANCE_INCOMPLETE',
    message: `header.provenance.trained_at_ms: ${description}; set the clock of the machine that trains`,
    violations: [{ field: 'header.provenance.trained_at_ms', description }],
  });
}

/** A version that came in without its checklist keeps the mark while it is held, and when a rollback brings it back. */
function markOf(position: AliasPosition | undefined): Pick<AliasPosition, 'isForced'> {
  return position?.isForced === true ? { isForced: true } : {};
}

/** The fallback model is what answers when a version leaves that has none before it. */
function assertFallback(state: RegistryState, model: string, current: number): void {
  const fallback = state.alias(model, 'fallback')?.version ?? 0;
  if (current !== 0 && fallback !== 0) return;
  throw new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'ROLLBACK_TARGET_MISSING',
    message:
      current === 0
        ? `model '${model}' has no version in production; there is nothing to take out`
        : `model '${model}' has neither a previous version to go back to nor a fallback model; promote the version that you want with \`mlmesh models promote\``,
  });
}

function unknownKind(kind: string, kinds: readonly EvidenceKind[]): MeshError {
  const known = kinds.map((row) => row.kind).join(', ');
  const description = `wanted one of ${known}, got '${kind.slice(0, 64)}'`;
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_FIELD',
    message: `evidence.kind: ${description}`,
    violations: [{ field: 'evidence.kind', description }],
  });
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
    message: `the artifact of version ${version} of model '${model}' was removed when it had not been used for long; train another with \`mlmesh train ${model}\``,
  });
}

function next(state: RegistryState, position: Omit<AliasPosition, 'generation'>): AliasPosition {
  const generation = (state.alias(position.model, position.alias)?.generation ?? 0) + 1;
  return { ...position, generation };
}
