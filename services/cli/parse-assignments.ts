import { messageOf } from '../shared/kernel/mesh-error.ts';
import { parseDuration } from '../shared/kernel/units.ts';
import { UsageError } from './exit-code.ts';

/** What a model or a feature service wants to be asked with. */
export interface WantedInputs {
  /** Name of the model or the feature service. */
  readonly model: string;
  readonly joinKeys: readonly string[];
  /** By name: number, text, flag or time. */
  readonly requestFeatures: Readonly<Record<string, string>>;
}

/** Inputs of a prediction, by kind. */
export interface ParsedInputs {
  readonly entities: Readonly<Record<string, string>>;
  readonly requestFeatures: Readonly<Record<string, InputValue>>;
}

/** A request feature in the form of the wire. */
export type InputValue =
  | { readonly number: number }
  | { readonly text: string }
  | { readonly flag: boolean }
  | { readonly timeMs: number };

/**
 * Sorts `key=value` texts into entity keys and request features by what the model wants. What is left out is for the
 * router to refuse: it knows best.
 * @throws {UsageError} for a text without `=`, a key that the model does not know or a value that is not of its type
 */
export function parseAssignments(texts: readonly string[], wanted: WantedInputs): ParsedInputs {
  const entities: Record<string, string> = {};
  const requestFeatures: Record<string, InputValue> = {};
  for (const text of texts) {
    const at = text.indexOf('=');
    if (at < 1) throw new UsageError(`wanted key=value, got '${text}'`);
    const key = text.slice(0, at);
    const value = text.slice(at + 1);
    const type = wanted.requestFeatures[key];
    if (wanted.joinKeys.includes(key)) entities[key] = value;
    else if (type !== undefined) requestFeatures[key] = parseValue(key, value, type);
    else throw unknownKey(key, wanted);
  }
  return { entities, requestFeatures };
}

/** Reads the duration of an option, ms. @throws {UsageError} for a text that is none */
export function parseDurationOption(name: string, text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    throw new UsageError(`${name}: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * Reads a time: ISO 8601 (UTC where it names no zone) or milliseconds since the Unix epoch.
 * @throws {UsageError} for anything else
 */
export function parseTime(name: string, text: string): number {
  if (/^-?\d+$/.test(text) && text.length > 4) return Number(text);
  const hasZone = /(Z|[+-]\d{2}:?\d{2})$/.test(text);
  const ms = Date.parse(hasZone || !text.includes('T') ? text : `${text}Z`);
  if (Number.isNaN(ms)) {
    throw new UsageError(
      `${name}: wanted a time such as 2001-06-15T18:00Z, or milliseconds since 1970, got '${text}'`,
    );
  }
  return ms;
}

function parseValue(key: string, text: string, type: string): InputValue {
  switch (type) {
    case 'number': {
      const number = Number(text);
      if (text.trim() === '' || !Number.isFinite(number)) {
        throw new UsageError(`${key}: wanted a number, got '${text}'`);
      }
      return { number };
    }
    case 'flag':
      if (text !== 'true' && text !== 'false') {
        throw new UsageError(`${key}: wanted true or false, got '${text}'`);
      }
      return { flag: text === 'true' };
    case 'time':
      return { timeMs: parseTime(key, text) };
    default:
      return { text };
  }
}

function unknownKey(key: string, { model, joinKeys, requestFeatures }: WantedInputs): UsageError {
  const features = Object.entries(requestFeatures).map(([name, type]) => `${name} (${type})`);
  const known = [...joinKeys, ...features].join(', ');
  return new UsageError(`'${model}' takes no '${key}'; it takes ${known}`);
}
