import { MeshError } from './mesh-error.ts';

/**
 * Identity of a prediction, ordered by (router instance, sequence): ids that one router gives out ascend as text, so logs
 * and joins append instead of scattering.
 */
export interface PredictionId {
  /** 16 lower-case hexadecimal digits: start of the router in epoch ms (12), then random (4). */
  readonly instance: string;
  /** Counts from 0 within the instance; below 2^48. */
  readonly sequence: number;
}

/** Hexadecimal digits of the sequence, at the end of an id. */
export const sequenceDigits = 12;

/** Writes an id: 16 digits of instance, a dash, 12 digits of sequence. */
export function formatPredictionId(id: PredictionId): string {
  return `${id.instance}-${id.sequence.toString(16).padStart(sequenceDigits, '0')}`;
}

/** Gives the number of a lower-case hexadecimal digit by its character code; NaN for any other character. For loops over many ids. */
export function hexDigitOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  return code >= 97 && code <= 102 ? code - 87 : Number.NaN;
}

const form = /^([0-9a-f]{16})-([0-9a-f]{12})$/;

/**
 * Checks that a text is an id, without reading it.
 * @throws {MeshError} INVALID_ARGUMENT / PREDICTION_UNKNOWN when it is not.
 */
export function checkPredictionId(text: string): void {
  if (!form.test(text)) parsePredictionId(text);
}

/**
 * Reads an id.
 * @throws {MeshError} INVALID_ARGUMENT / PREDICTION_UNKNOWN when the text is not one.
 */
export function parsePredictionId(text: string): PredictionId {
  const match = form.exec(text);
  const instance = match?.[1];
  if (instance === undefined) {
    throw new MeshError({
      code: 'INVALID_ARGUMENT',
      reason: 'PREDICTION_UNKNOWN',
      message: `wanted a prediction id (16 hexadecimal digits, a dash, 12 more), got '${text.slice(0, 64)}'; take it from the answer of Predict`,
    });
  }
  return { instance, sequence: Number.parseInt(match?.[2] ?? '0', 16) };
}
