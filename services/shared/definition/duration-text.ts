import { messageOf } from '../kernel/mesh-error.ts';
import { parseDuration } from '../kernel/units.ts';
import { definitionInvalid } from './definition-error.ts';

/** A duration as authors write it: `'30d'`, `'6h'`, `'50ms'`. */
export type DurationText = `${number}${'ms' | 's' | 'min' | 'h' | 'd'}`;

/**
 * Gives the milliseconds of an author's duration, above 0 unless `atLeastMs` says otherwise.
 * @throws {MeshError} INVALID_ARGUMENT / DEFINITION_INVALID when it is malformed or too short.
 */
export function durationOf(text: string, subject: string, atLeastMs = 1): number {
  const ms = parsed(text, subject);
  if (ms < atLeastMs) {
    throw definitionInvalid(subject, `wanted at least ${atLeastMs} ms, got '${text}'`);
  }
  return ms;
}

function parsed(text: string, subject: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    throw definitionInvalid(subject, messageOf(error));
  }
}
