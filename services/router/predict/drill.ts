import type { RouterParts } from './router-parts.ts';
import { VersionBreakers } from './version-breakers.ts';

/** What is made to hang for one request: its model, or the fallback model as well. */
export type DrillFault = 'none' | 'model-hangs' | 'model-and-fallback-hang';

/** A request of whoever operates the mesh: served as callers are, but for what is said here. */
export interface Drill {
  readonly fault: DrillFault;
  /** Version that is to answer, 0 for none; undefined means as callers are routed. */
  readonly version: number | undefined;
}

/** Whether an answer is logged and goes to shadows, as those of callers do: past traffic is, a drill of something else is not. */
export function isRecorded({ fault, version }: Drill): boolean {
  return fault === 'none' && version === undefined;
}

/**
 * Gives what a run of a drill works with. A call to what hangs is never made and never comes back, and breakers are its own: callers of the same version
 * meet neither.
 */
export function drillParts(parts: RouterParts, { fault }: Drill): RouterParts {
  if (fault === 'none') return parts;
  const breakers = new VersionBreakers();
  const hung = {
    ...parts,
    models: { run: () => undefined },
    breakerOf: (model: string, version: number) => breakers.of(model, version),
  };
  if (fault === 'model-hangs') return hung;
  return {
    ...hung,
    fallbackOf(model) {
      const fallback = parts.fallbackOf(model);
      if (fallback === undefined) return undefined;
      const { version, outputName, p99Ms } = fallback;
      return { version, outputName, p99Ms, infer: () => new Promise<never>(() => {}) };
    },
  };
}
