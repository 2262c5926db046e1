import type { Assignment } from './cohort.ts';
import type { ModelRouting } from './routing-table.ts';

/** How much of the traffic shadows see; shares 0 to 1. */
export interface ShadowPolicy {
  readonly shadowRate: number;
  /** Of the version that the answering one has replaced, or would replace. */
  readonly reverseShadowRate: number;
}

/** Versions that are to see a request that was answered. */
export interface ShadowChoice {
  readonly versions: readonly number[];
  /** The one among them, the last, that is the reverse shadow, and is dropped first; 0 when there is none. */
  readonly reverseVersion: number;
}

/** No version is to see a request. */
export const noShadows: ShadowChoice = { versions: [], reverseVersion: 0 };

/**
 * Chooses the shadows of a request: those of the aliases, and in reverse the version whose place the answering one has or wants, which is `previous` behind
 * production and production behind all else. None shadows itself, or twice. `point` is a number in [0, 1) by chance: one for both rates, so that all of them see
 * the same requests.
 */
export function shadowsOf(
  policy: ShadowPolicy,
  routing: ModelRouting,
  { role, version: answering = 0 }: Assignment,
  point: number,
): ShadowChoice {
  if (routing.isShadowPaused) return noShadows;
  const { shadowVersions, reverseVersion, productionVersion } = routing;
  const versions =
    point < policy.shadowRate ? without(shadowVersions, answering) : noShadows.versions;
  const reverse = role === 'PRODUCTION' ? reverseVersion : productionVersion;
  const isReverse = point < policy.reverseShadowRate && reverse !== 0 && reverse !== answering;
  if (!isReverse || versions.includes(reverse)) return { versions, reverseVersion: 0 };
  return { versions: [...versions, reverse], reverseVersion: reverse };
}

/** The common case makes nothing new. */
function without(versions: readonly number[], version: number): readonly number[] {
  return versions.includes(version) ? versions.filter((each) => each !== version) : versions;
}
