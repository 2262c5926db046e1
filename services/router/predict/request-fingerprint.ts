import { createHash } from 'node:crypto';
import type { WireRequest, WireValue } from '../core/parse-request.ts';

/** What a request asks for: who waits how long for it, and how much it matters, is not part of that. */
export type AskedFor = Pick<WireRequest, 'entities' | 'requestFeatures' | 'atMs'> & {
  readonly model: string;
};

/** Gives a text that two requests share only if they ask for the same, in whatever order they name it. */
export function requestFingerprint({ model, entities, requestFeatures, atMs }: AskedFor): string {
  const asked = [model, atMs, byName(entities, String), byName(requestFeatures, plainValue)];
  // Short beside the features of a large request, of which thousands are remembered.
  return createHash('sha256').update(JSON.stringify(asked)).digest('base64');
}

function byName<T>(
  named: Readonly<Record<string, T>>,
  plain: (value: T) => unknown,
): readonly (readonly [string, unknown])[] {
  const parts = Object.entries(named).map(([name, value]) => [name, plain(value)] as const);
  return parts.sort(([left], [right]) => (left < right ? -1 : 1));
}

/** Numbers as text: JSON knows neither NaN nor the sign of a zero. */
function plainValue({ number, text, flag, timeMs }: WireValue): readonly unknown[] {
  return [numberText(number), text, flag, numberText(timeMs)];
}

function numberText(value: number | undefined): string | undefined {
  return Object.is(value, -0) ? '-0' : value === undefined ? value : String(value);
}
