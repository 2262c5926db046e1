import type { ServableState } from './servable-state.ts';

/** A hosted version. */
export interface AnsweringCandidate {
  readonly wanted: { readonly model: string; readonly version: number };
  readonly state: ServableState;
}

/**
 * Gives the version of a model that answers a request which names none: that of `production` when it is ready, else the newest that is
 * ready. Where none is, that of `production`, else the newest, whose state says why nobody answers. Undefined where none is hosted.
 * Asked for each request, so it makes nothing.
 */
export function answeringVersion(
  hosted: Iterable<AnsweringCandidate>,
  model: string,
  production: number | undefined,
): number | undefined {
  let found: number | undefined;
  let foundRank = -1;
  for (const { wanted, state } of hosted) {
    if (wanted.model !== model) continue;
    const rank = (state === 'ready' ? 2 : 0) + (wanted.version === production ? 1 : 0);
    if (rank < foundRank || (rank === foundRank && wanted.version < (found ?? 0))) continue;
    found = wanted.version;
    foundRank = rank;
  }
  return found;
}
