import type { ReproductionResult } from '../../shared/platform/process/training-job.ts';
import type { Finding } from './finding.ts';

const digestForm = /^[0-9a-f]{64}$/;
/** Longest statement that the registry takes. */
const statementCharsMax = 1_000;

/** Judges what came out when a version was made again: it passes where every digest and figure is what was recorded. */
export function judgeReproduction({ items, isReproduced, notes }: ReproductionResult): Finding {
  const compared = items.length;
  const differing = items.filter(({ isEqual }) => !isEqual).map(({ what }) => what);
  const inputDigests: Record<string, string> = {};
  for (const { what, recorded, reproduced } of items) {
    if (digestForm.test(recorded)) inputDigests[`recorded_${nameOf(what)}`] = recorded;
    if (digestForm.test(reproduced)) inputDigests[`reproduced_${nameOf(what)}`] = reproduced;
  }
  const why = notes.length === 0 ? '' : `; not as it was: ${notes.join('; ')}`;
  const statement = isReproduced
    ? `made again, all ${compared} digests and figures are equal`
    : `made again, ${differing.join(', ')} differ${why}`;
  return {
    kind: 'reproduction',
    verdict: isReproduced ? 'pass' : 'fail',
    figures: { compared, differing: differing.length },
    statement: statement.slice(0, statementCharsMax),
    inputDigests,
    baselineVersion: 0,
  };
}

/** Names of digests are lower-case letters, digits, dots, dashes and underscores, at most 64. */
function nameOf(what: string): string {
  return what
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '_')
    .slice(0, 48);
}
