import { formatDuration, formatShare } from '../format.ts';
import { percentile } from '../percentile.ts';
import type { Verdict } from './finding.ts';

/** One answer to a drill request. */
export interface DrillAnswer {
  /** `model`, `fallback` or `rules`. */
  readonly tier: string;
  /** 0 for the rules. */
  readonly version: number;
  /** In the router. */
  readonly totalMs: number;
}

/** Who has to answer a drill, and in which time. */
export interface DrillWish {
  readonly tier: DrillAnswer['tier'];
  readonly version: number;
  /** In the router, ms. */
  readonly withinMs: number;
}

/** How a drill went. */
export interface JudgedDrill {
  readonly verdict: Verdict;
  /** By whom as it was wanted, 0 to 1. */
  readonly asWishedShare: number;
  readonly inTimeShare: number;
  readonly p50Ms: number;
  readonly slowestMs: number;
  /** For people. */
  readonly statement: string;
}

/** Requests of a drill: one in twenty may be late, since the machine has other work. */
export const drillRequests = 20;
const shareMin = 0.95;

/** Judges the answers of a drill; none are inconclusive. */
export function judgeDrill(answers: readonly DrillAnswer[], wish: DrillWish): JudgedDrill {
  const wished = answers.filter(
    ({ tier, version }) => tier === wish.tier && version === wish.version,
  );
  const inTime = answers.filter(({ totalMs }) => totalMs <= wish.withinMs);
  const asWishedShare = answers.length === 0 ? 0 : wished.length / answers.length;
  const inTimeShare = answers.length === 0 ? 0 : inTime.length / answers.length;
  const latencies = answers.map(({ totalMs }) => totalMs);
  const p50Ms = answers.length === 0 ? 0 : percentile(latencies, 0.5);
  const slowestMs = Math.max(0, ...latencies);
  const isHeld = asWishedShare >= shareMin && inTimeShare >= shareMin;
  const who = wish.version === 0 ? `the ${wish.tier}` : `${wish.tier} version ${wish.version}`;
  return {
    verdict: answers.length < drillRequests ? 'inconclusive' : isHeld ? 'pass' : 'fail',
    asWishedShare,
    inTimeShare,
    p50Ms,
    slowestMs,
    statement: `${who} answered ${formatShare(asWishedShare)}, ${formatShare(inTimeShare)} within ${formatDuration(wish.withinMs)}, p50 ${formatDuration(p50Ms)}`,
  };
}

/** Gives the worse of two verdicts. */
export function worseOf(left: Verdict, right: Verdict): Verdict {
  if (left === 'fail' || right === 'fail') return 'fail';
  return left === 'pass' ? right : left;
}
