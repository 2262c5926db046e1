import type { CandidateAlias } from '../../shared/definition/candidate.ts';

/** A version that was registered for a part. */
export interface RegisteredCandidate {
  readonly alias: CandidateAlias;
  readonly version: number;
}

/** An alias that is to point to a version, and why. */
export interface PlannedMove {
  readonly alias: CandidateAlias;
  readonly version: number;
  /** Generation that the alias has before the move; 0 when it is not there. */
  readonly expectedGeneration: number;
  readonly reason: string;
}

/**
 * Plans what new versions take over. In a mesh without production each candidate gets its part, and the fallback is
 * production for a moment, so that the first production has a previous version to roll back to. Where production serves
 * already, its new candidate only shadows: moving production is a decision of its own.
 * @param generations by alias, of the aliases that are there
 */
export function planMoves(
  candidates: readonly RegisteredCandidate[],
  generations: ReadonlyMap<string, number>,
): readonly PlannedMove[] {
  const next = new Map(generations);
  const move = (alias: CandidateAlias, version: number, reason: string): PlannedMove => {
    const expectedGeneration = next.get(alias) ?? 0;
    next.set(alias, expectedGeneration + 1);
    return { alias, version, expectedGeneration, reason };
  };
  if (generations.has('production')) {
    return candidates.flatMap(({ alias, version }) => {
      if (alias === 'production') {
        return [move('shadow', version, 'trained anew: shadows until it is promoted')];
      }
      if (generations.has(alias) || alias === 'shadow') return [];
      return [move(alias, version, 'trained: the alias was free')];
    });
  }
  const fallback = candidates.find(({ alias }) => alias === 'fallback');
  const first =
    fallback === undefined
      ? []
      : [move('production', fallback.version, 'first version: a target to roll back to')];
  return [
    ...first,
    ...candidates.map(({ alias, version }) => move(alias, version, 'first training')),
  ];
}
