import { createHash } from 'node:crypto';
import { canonicalJson } from '../compute/canonical-json.ts';

/** Gives the SHA-256 of a plain value's canonical JSON, 64 hexadecimal digits. */
export function planHash(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
