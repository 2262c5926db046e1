import type { ServiceImplementation } from './implement.ts';

/** Gives the reflection services. */
export function reflectionServices(_names: readonly string[]): readonly ServiceImplementation[] {
  return [];
}
