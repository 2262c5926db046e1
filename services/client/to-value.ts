import { MeshError } from '../shared/kernel/mesh-error.ts';

/** A request feature as a caller gives it: a Date is a point in time. */
export type FeatureInput = number | string | boolean | Date;

/** A request feature on the wire. */
export type WireFeature =
  | { readonly number: number }
  | { readonly text: string }
  | { readonly flag: boolean }
  | { readonly timeMs: number };

/**
 * Gives a request feature in the form of the wire.
 * @throws {MeshError} INVALID_ARGUMENT / REQUEST_FEATURE_INVALID for NaN, an infinity or an invalid Date: the call is not even sent.
 */
export function toValue(name: string, input: FeatureInput): WireFeature {
  if (typeof input === 'string') return { text: input };
  if (typeof input === 'boolean') return { flag: input };
  const value = typeof input === 'number' ? input : input.getTime();
  if (!Number.isFinite(value)) {
    const description = `wanted a finite number or a valid Date, got ${value}`;
    throw new MeshError({
      code: 'INVALID_ARGUMENT',
      reason: 'REQUEST_FEATURE_INVALID',
      message: `request feature '${name}': ${description}`,
      violations: [{ field: `request_features.${name}`, description }],
    });
  }
  return typeof input === 'number' ? { number: value } : { timeMs: value };
}
