import assert from 'node:assert/strict';

/**
 * Gives the one JSON text of a plain value: keys sorted by UTF-16 code units, no spaces, absent and undefined alike left
 * out. Equal values give equal texts. Numbers have to be finite; -0 is written as 0.
 * @source RFC 8785 (JSON Canonicalization Scheme); strings and numbers are as JSON.stringify writes them
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const parts = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${parts.join(',')}}`;
  }
  if (typeof value === 'number') assert(Number.isFinite(value), 'canonical JSON has no NaN');
  const text: unknown = JSON.stringify(value);
  assert(typeof text === 'string', `canonical JSON has no ${typeof value}`);
  return text;
}
