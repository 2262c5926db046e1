/*
 * What the codec does not check, at the edge of every handler. Each function gives the value back, or throws
 * INVALID_ARGUMENT / INVALID_FIELD with the field's path:
 *
 *     const model = requireText(request.model, 'model', { charsMax: 64 });
 *     const version = requireInteger(request.version, 'version', { min: 1, max: 2 ** 31 });
 *     const rows = requireMessage(request.query, 'query');
 *     const alias = requireEnum(request.alias, 'alias', ['ALIAS_PRODUCTION', 'ALIAS_SHADOW']);
 *     const part = requireOneof(request, 'part');      // { kind: 'header', value } | { kind: 'chunk', value }
 */
import { MeshError } from '../../kernel/mesh-error.ts';

/** An interval of numbers, both ends included. */
export interface NumberRange {
  readonly min?: number;
  readonly max?: number;
}

/** Limits of a text in UTF-16 units; `pattern` must match the whole text, and `form` says what it asks for. */
export interface TextLimits {
  readonly charsMin?: number;
  readonly charsMax: number;
  readonly pattern?: RegExp;
  readonly form?: string;
}

/** Length of a bytes field: exactly `bytes`, or 1 or more times `multipleOf` up to `bytesMax`. */
export type BytesLimits =
  | { readonly bytes: number }
  | { readonly multipleOf: number; readonly bytesMax: number };

/** Which field of a oneof is set, and its value. */
export type Oneof<T, Name extends keyof T> = {
  [Kind in NonNullable<T[Name]> & keyof T]: {
    readonly kind: Kind;
    readonly value: NonNullable<T[Kind]>;
  };
}[NonNullable<T[Name]> & keyof T];

/**
 * Gives a text of 1 to `charsMax` characters, or from `charsMin`.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD
 */
export function requireText(value: string, field: string, limits: TextLimits): string {
  const { charsMin = 1, charsMax, pattern, form } = limits;
  if (value.length < charsMin || value.length > charsMax) {
    throw invalidField(field, `${charsMin} to ${charsMax} characters`, `${value.length}`);
  }
  if (pattern !== undefined && !pattern.test(value)) {
    throw invalidField(field, form ?? String(pattern), `'${value.slice(0, 64)}'`);
  }
  return value;
}

/**
 * Gives a number that is neither NaN nor infinite, within a range.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD
 */
export function requireFinite(value: number, field: string, range: NumberRange = {}): number {
  if (Number.isFinite(value) && isWithin(value, range)) return value;
  throw invalidField(field, `a finite number${rangeText(range)}`, `${value}`);
}

/**
 * Gives a whole number that a double holds exactly, within a range.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD
 */
export function requireInteger(value: number, field: string, range: NumberRange = {}): number {
  if (Number.isSafeInteger(value) && isWithin(value, range)) return value;
  throw invalidField(field, `a whole number${rangeText(range)}`, `${value}`);
}

/**
 * Gives an int64 field, which travels as decimal text, as a number; it must be below 2^53 in size.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD
 */
export function requireLong(value: string, field: string, range: NumberRange = {}): number {
  return requireInteger(Number(value), field, range);
}

/**
 * Gives an enum value that is one of `values`; the unspecified one, and numbers of a newer contract, are refused.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD
 */
export function requireEnum<T extends string>(
  value: string | number,
  field: string,
  values: readonly T[],
): T {
  const found = values.find((candidate) => candidate === value);
  if (found === undefined) throw invalidField(field, `one of ${values.join(', ')}`, `${value}`);
  return found;
}

/**
 * Gives bytes of the length that is asked for.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD
 */
export function requireBytes(value: Buffer, field: string, limits: BytesLimits): Buffer {
  const { length } = value;
  if ('bytes' in limits) {
    if (length !== limits.bytes) throw invalidField(field, `${limits.bytes} bytes`, `${length}`);
    return value;
  }
  const { multipleOf, bytesMax } = limits;
  if (length === 0 || length % multipleOf !== 0 || length > bytesMax) {
    throw invalidField(field, `a multiple of ${multipleOf} bytes up to ${bytesMax}`, `${length}`);
  }
  return value;
}

/**
 * Gives a nested message that is there.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD
 */
export function requireMessage<T extends object>(value: T | null | undefined, field: string): T {
  if (value === null || value === undefined) throw invalidField(field, 'a message', 'none');
  return value;
}

/**
 * Gives a list of a number of items within a range.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD
 */
export function requireItems<T>(
  value: readonly T[],
  field: string,
  range: NumberRange,
): readonly T[] {
  if (isWithin(value.length, range)) return value;
  throw invalidField(field, `a number of items${rangeText(range)}`, `${value.length}`);
}

/**
 * Gives the field of a oneof that is set, as a union that a switch can exhaust.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD when none is, such as one of a newer contract.
 */
export function requireOneof<T extends object, Name extends keyof T & string>(
  message: T,
  name: Name,
): Oneof<T, Name> {
  const kind = message[name] as (NonNullable<T[Name]> & keyof T) | undefined;
  const value = kind === undefined ? undefined : message[kind];
  if (kind === undefined || value === undefined || value === null) {
    throw invalidField(name, 'one of its fields', 'none that is known here');
  }
  return { kind, value } as Oneof<T, Name>; // the codec sets the name to the field that is set
}

/** Gives INVALID_ARGUMENT / INVALID_FIELD about one field, by its path in proto names. */
export function invalidField(field: string, wanted: string, got: string): MeshError {
  const description = `wanted ${wanted}, got ${got}`;
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_FIELD',
    message: `${field}: ${description}`,
    violations: [{ field, description }],
  });
}

function isWithin(value: number, { min, max }: NumberRange): boolean {
  return (min === undefined || value >= min) && (max === undefined || value <= max);
}

function rangeText({ min, max }: NumberRange): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of ${min} or more`;
  return max === undefined ? '' : ` of ${max} or less`;
}
