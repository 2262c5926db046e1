import { UsageError } from './exit-code.ts';

/** A version of a model, as a command line names it. */
export interface VersionRef {
  readonly model: string;
  /** From 1; 0 where none was named and none had to be. */
  readonly version: number;
}

/** A version of a model by its number or by an alias. */
export interface VersionOrAlias {
  readonly model: string;
  /** A number or an alias. */
  readonly which: string;
}

/**
 * Reads `model@version` or `model version`; the version may be an alias, and is `production` when it is left out.
 * @throws {UsageError}
 */
export function parseVersionOrAlias(text: string, which: string | undefined): VersionOrAlias {
  const named = split(text, which);
  if (named.which === '0') throw wrongRef(`${text} ${which ?? ''}`.trim());
  return { model: named.model, which: named.which ?? 'production' };
}

/**
 * Reads `model@version` or `model version`.
 * @throws {UsageError}
 */
export function parseVersionRef(text: string, which: string | undefined): VersionRef {
  const named = split(text, which);
  return { model: named.model, version: numberOf(named.which, `${text} ${which ?? ''}`.trim()) };
}

/**
 * Reads a model, or one of its versions as {@link parseVersionRef} does; the version is 0 where none is named.
 * @throws {UsageError}
 */
export function parseModelOrVersion(text: string, which: string | undefined): VersionRef {
  const isNamed = which !== undefined || text.includes('@');
  return isNamed ? parseVersionRef(text, which) : { model: text, version: 0 };
}

/**
 * Reads two versions of one model: `model@1 model@2`, `model@1 2` or `model 1 2`.
 * @throws {UsageError}
 */
export function parseVersionPair(texts: readonly string[]): {
  readonly model: string;
  readonly left: number;
  readonly right: number;
} {
  const got = texts.join(' ');
  const [first = '', second = '', third] = texts;
  const isJoined = first.includes('@');
  if (texts.length !== (isJoined ? 2 : 3)) {
    throw new UsageError(
      `wanted two versions of a model, such as flight-delay@2 flight-delay@3 or flight-delay 2 3, got '${got}'`,
    );
  }
  const { model, version: left } = parseVersionRef(first, isJoined ? undefined : second);
  const other = isJoined ? second : (third ?? '');
  if (!other.includes('@')) return { model, left, right: numberOf(other, got) };
  const right = parseVersionRef(other, undefined);
  if (right.model === model) return { model, left, right: right.version };
  throw new UsageError(
    `wanted two versions of one model, got one of '${model}' and one of '${right.model}'`,
  );
}

/**
 * Reads the name of a model where no version is meant.
 * @throws {UsageError}
 */
export function parseModel(text: string): string {
  const [model = ''] = text.split('@');
  if (model === text) return text;
  throw new UsageError(
    `wanted a model alone, got '${text}'; leave out '${text.slice(model.length)}'`,
  );
}

function split(
  text: string,
  which: string | undefined,
): { readonly model: string; readonly which: string | undefined } {
  const at = text.indexOf('@');
  if (at < 0) return { model: text, which };
  const [model, joined] = [text.slice(0, at), text.slice(at + 1)];
  if (model === '' || joined === '' || joined.includes('@')) throw wrongRef(text);
  if (which === undefined || which === joined) return { model, which: joined };
  throw new UsageError(`wanted one version of '${model}', got two: '${joined}' and '${which}'`);
}

function numberOf(text: string | undefined, got: string): number {
  if (text !== undefined && /^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw wrongRef(got);
}

function wrongRef(got: string): UsageError {
  return new UsageError(
    `wanted a model and the number of a version, such as flight-delay@3 or flight-delay 3, got '${got}'; \`mlmesh models list\` shows them`,
  );
}
