import { MeshError } from './mesh-error.ts';

declare const unit: unique symbol;
type Unit<U extends string> = number & { readonly [unit]: U };

/** Milliseconds; may be fractional, never NaN, never negative. */
export type DurationMs = Unit<'duration-ms'>;
/** On the process's monotonic clock; comparable between its threads, meaningless outside it. */
export type MonotonicMs = Unit<'monotonic-ms'>;
/** Since the Unix epoch, UTC; the only time that may be stored or sent. */
export type EpochMs = Unit<'epoch-ms'>;

/**
 * Gives a checked duration.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_DURATION when it is NaN, infinite or negative.
 */
export function durationMs(value: number): DurationMs {
  if (!Number.isFinite(value) || value < 0) {
    throw new MeshError({
      code: 'INVALID_ARGUMENT',
      reason: 'INVALID_DURATION',
      message: `wanted a duration of 0 ms or more, got ${value}`,
    });
  }
  return value as DurationMs;
}

/** Marks a number of milliseconds since the Unix epoch as such. */
export function epochMs(value: number): EpochMs {
  return value as EpochMs;
}

/** Marks a reading of the monotonic clock, in milliseconds, as such. */
export function monotonicMs(value: number): MonotonicMs {
  return value as MonotonicMs;
}

const unitMs: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['min', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/**
 * Reads a duration as authors write it: a whole number and one of ms, s, min, h, d (`'30d'`, `'3h'`).
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_DURATION when it is anything else.
 */
export function parseDuration(text: string): DurationMs {
  const match = /^(\d{1,9})(ms|s|min|h|d)$/.exec(text);
  const scale = unitMs.get(match?.[2] ?? '');
  if (!match || scale === undefined) {
    throw new MeshError({
      code: 'INVALID_ARGUMENT',
      reason: 'INVALID_DURATION',
      message: `wanted a whole number with a unit of ms, s, min, h or d (such as '30d'), got '${text}'`,
    });
  }
  return durationMs(Number(match[1]) * scale);
}
