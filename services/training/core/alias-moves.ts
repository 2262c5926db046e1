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
 * Plans what new versions take over. The candidate for production shadows: moving `production` asks for evidence, which a shadow gathers. The others
 * get their part where nobody has it.
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
  const isShadowed = candidates.some((candidate) => candidate.alias === 'production');
  return candidates.flatMap(({ alias, version }) => {
    if (alias === 'production') {
      return [move('shadow', version, 'trained: shadows until it is promoted')];
    }
    if (generations.has(alias) || (alias === 'shadow' && isShadowed)) return [];
    return [move(alias, version, 'trained: the alias was free')];
  });
}
