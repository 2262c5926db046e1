import { hasControlCharacters } from '../../shared/kernel/control-characters.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { invalidField } from '../../shared/platform/grpc/validate.ts';
import type { PromoteCommand, QuarantineCommand, RollbackCommand } from '../core/decide.ts';
import { promotableAliases } from '../core/model-version.ts';

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
  const alias = promotableAliases.find((known) => known === request.alias);
  if (alias === undefined) {
    throw new MeshError({
      code: 'NOT_FOUND',
      reason: 'ALIAS_UNKNOWN',
      message: `wanted one of the aliases ${promotableAliases.join(', ')}, got '${request.alias.slice(0, 64)}'`,
    });
  }
  if (!Number.isSafeInteger(expectedGeneration) || expectedGeneration < -1) {
    throw invalidField('expected_generation', 'a generation, 0 or -1', `${expectedGeneration}`);
  }
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

function parseReason(reason: string): string {
  const isLine = reason.trim() !== '' && !hasControlCharacters(reason);
  if (isLine && reason.length <= reasonLengthMax) return reason;
  const got = isLine ? `${reason.length}` : 'a blank text, line breaks or other control characters';
  throw invalidField('reason', `a line of 1 to ${reasonLengthMax} characters for the record`, got);
}
