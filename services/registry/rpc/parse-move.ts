import type { SetTrafficRequest__Output } from '../../gen/mlmesh/registry/v1/SetTrafficRequest.ts';
import { hasControlCharacters } from '../../shared/kernel/control-characters.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { isShadowAlias } from '../../shared/kernel/shadow-alias.ts';
import { invalidField } from '../../shared/platform/grpc/validate.ts';
import type { PromoteCommand, QuarantineCommand, RollbackCommand } from '../core/decide.ts';
import type { TrafficCommand } from '../core/decide-traffic.ts';
import type { PromotableAlias } from '../core/model-version.ts';
import type { TrafficChange } from '../core/traffic.ts';

/** Longest reason, so that a log stays readable. */
const reasonLengthMax = 500;

/**
 * Reads the name of a model.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD
 */
export function parseModelName(model: string, field: string): string {
  if (/^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$/.test(model)) return model;
  throw invalidField(
    field,
    '1 to 64 lower-case letters, digits and dashes, none of them at an end',
    `'${model.slice(0, 64)}'`,
  );
}

/**
 * Reads a promotion.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD; NOT_FOUND / ALIAS_UNKNOWN
 */
export function parsePromote(
  request: Omit<PromoteCommand, 'alias'> & { readonly alias: string },
): PromoteCommand {
  const { model, version, expectedGeneration, reason, isForced = false } = request;
  const alias = parseAlias(request.alias);
  assertGeneration(expectedGeneration);
  return { model, alias, version, expectedGeneration, reason: parseReason(reason), isForced };
}

/**
 * Reads a rollback.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD
 */
export function parseRollback({ model, reason, fromVersion }: RollbackCommand): RollbackCommand {
  return { model, fromVersion, reason: parseReason(reason) };
}

/**
 * Reads a quarantine.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD
 */
export function parseQuarantine(request: QuarantineCommand): QuarantineCommand {
  const { model, version, reason, isCleared } = request;
  return { model, version, isCleared, reason: parseReason(reason) };
}

/**
 * Reads a change of the traffic of a model.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD
 */
export function parseTraffic(request: SetTrafficRequest__Output): TrafficCommand {
  const { model, expectedGeneration, isForced, reason } = request;
  assertGeneration(expectedGeneration);
  const change = parseChange(request);
  return { model, change, expectedGeneration, isForced, reason: parseReason(reason) };
}

function parseChange(request: SetTrafficRequest__Output): TrafficChange {
  const { change, canaryShare: share, isNextStep, isHeld, isShadowPaused } = request;
  switch (change) {
    case 'isNextStep':
      if (isNextStep === true) return { kind: 'next-step' };
      break;
    case 'canaryShare':
      if (share !== undefined && share >= 0 && share <= 1) return { kind: 'share', share };
      throw invalidField('canary_share', 'a share of 0 to 1', `${share}`);
    case 'isHeld':
      return { kind: 'hold', isHeld: isHeld === true };
    case 'isShadowPaused':
      return { kind: 'shadows', isPaused: isShadowPaused === true };
    case undefined:
      break;
  }
  throw invalidField(
    'change',
    'one of is_next_step (true), canary_share, is_held and is_shadow_paused',
    change === undefined ? 'none' : `${change} ${isNextStep}`,
  );
}

function parseAlias(alias: string): PromotableAlias {
  if (alias === 'production' || alias === 'canary' || alias === 'fallback') return alias;
  if (isShadowAlias(alias)) return alias;
  throw new MeshError({
    code: 'NOT_FOUND',
    reason: 'ALIAS_UNKNOWN',
    message: `wanted one of the aliases production, canary, fallback, shadow and shadow-<label>, whose label has 1 to 32 lower-case letters, digits and dashes, got '${alias.slice(0, 64)}'`,
  });
}

function assertGeneration(expectedGeneration: number): void {
  if (Number.isSafeInteger(expectedGeneration) && expectedGeneration >= -1) return;
  throw invalidField('expected_generation', 'a generation, 0 or -1', `${expectedGeneration}`);
}

function parseReason(reason: string): string {
  const isLine = reason.trim() !== '' && !hasControlCharacters(reason);
  if (isLine && reason.length <= reasonLengthMax) return reason;
  const got = isLine ? `${reason.length}` : 'a blank text, line breaks or other control characters';
  throw invalidField('reason', `a line of 1 to ${reasonLengthMax} characters for the record`, got);
}
