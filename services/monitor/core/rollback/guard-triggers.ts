import { isRateRatioAlarm, logRateEvidence } from '../statistics/rate-ratio-sequence.ts';
import { fisherUpper } from '../statistics/share-tests.ts';
import { businessHarmPValue } from './business-harm.ts';
import type { GuardInputs, HardFacts } from './guard-inputs.ts';
import type { GuardPolicy } from './guard-policy.ts';
import { type FailureKind, failureKinds, type ServedCounts } from './served-window.ts';

/** A reason to take a version back, with the figures that it rests on. */
export interface GuardTrigger {
  /** Hard: a fact of the version itself. Fast: minutes of counts against the previous version. Slow: hours. */
  readonly speed: 'hard' | 'fast' | 'slow';
  readonly name: string;
  readonly evidence: Readonly<Record<string, number>>;
}

/** Gives facts that need no comparison. */
export function hardTriggers(
  { hard, current, previous }: GuardInputs,
  policy: GuardPolicy,
): readonly GuardTrigger[] {
  const facts = hardFacts
    .filter(({ fact, most }) => hard[fact] > most(policy))
    .map(({ fact, most }) => ({
      speed: 'hard' as const,
      name: fact,
      evidence: { count: hard[fact], most: most(policy) },
    }));
  return [...facts, ...fallbackTriggers(current.fiveMinutes, previous.fiveMinutes, policy)];
}

const hardFacts: readonly {
  readonly fact: keyof HardFacts;
  readonly most: (policy: GuardPolicy) => number;
}[] = [
  { fact: 'crashes', most: ({ crashesMax }) => crashesMax - 1 },
  { fact: 'signatureFailures', most: () => 0 },
  { fact: 'schemaFailures', most: () => 0 },
  { fact: 'notFinite', most: () => 0 },
  { fact: 'goldenMismatches', most: () => 0 },
];

/** The ratio alone is chance where the previous version had hardly any, so the difference has to be significant as well. */
function fallbackTriggers(
  current: ServedCounts,
  previous: ServedCounts,
  { fallbackRatio, fallbackAlpha, failuresMin }: GuardPolicy,
): readonly GuardTrigger[] {
  if (current.fallbacks < failuresMin || previous.requests === 0) return [];
  const share = current.fallbacks / current.requests;
  const previousShare = previous.fallbacks / previous.requests;
  const pValue = moreFailuresP('fallbacks', current, previous);
  if (share <= fallbackRatio * previousShare || pValue >= fallbackAlpha) return [];
  return [{ speed: 'hard', name: 'fallbackRatio', evidence: { share, previousShare, pValue } }];
}

/**
 * Gives the kinds of failure in which the new version is worse than the previous one on the same traffic: over five minutes by far, in the last one still, above its budget, and by enough failures. What hits both, such as an outage of
 * a dependency, triggers nothing.
 */
export function fastTriggers(
  { current, previous }: GuardInputs,
  policy: GuardPolicy,
): readonly GuardTrigger[] {
  const { fiveMinutes, oneMinute } = current;
  const found = failureKinds.map((kind) => ({
    kind,
    fiveMinuteP: moreFailuresP(kind, fiveMinutes, previous.fiveMinutes),
    oneMinuteP: moreFailuresP(kind, oneMinute, previous.oneMinute),
    failures: fiveMinutes[kind],
    burn:
      fiveMinutes.requests === 0
        ? 0
        : fiveMinutes[kind] / fiveMinutes.requests / policy.budgets[kind],
  }));
  return provenByHolm(found, ({ fiveMinuteP }) => fiveMinuteP, policy.fastAlpha)
    .filter(
      ({ oneMinuteP, burn, failures }) =>
        oneMinuteP < policy.oneMinuteAlpha && burn > 1 && failures >= policy.failuresMin,
    )
    .map(({ kind, ...evidence }) => ({ speed: 'fast', name: kind, evidence }));
}

/**
 * Gives the chance that so many of all failures are the current version's where both are alike, given how many there were. Exact, because what says most is how few the small cohort of the previous version has: with 13 expected and none
 * seen the usual z is 3.7, one in 10,000, and the truth one in 400,000.
 */
function moreFailuresP(kind: FailureKind, current: ServedCounts, previous: ServedCounts): number {
  if (current.requests === 0 || previous.requests === 0) return 1;
  return fisherUpper(
    { count: previous[kind], rows: previous.requests },
    { count: current[kind], rows: current.requests },
  );
}

/**
 * Gives the smallest share of requests, 0 to 1, that could fail anew in the current version and be proven by five minutes like these, if none fails in the previous one; undefined where nothing could. At 50 requests/s and a holdback of 5 % that is 1.4 %, at
 * 5 a second 14 %: a guard that does not trigger there says little.
 */
export function detectableExcess(
  { current, previous }: GuardInputs,
  { fastAlpha, failuresMin }: GuardPolicy,
): number | undefined {
  const [requests, others] = [current.fiveMinutes.requests, previous.fiveMinutes.requests];
  if (requests === 0 || others === 0) return undefined;
  // So many failures fall on the current version alone with chance share^failures.
  const share = requests / (requests + others);
  const failures = Math.log(fastAlpha / failureKinds.length) / Math.log(share);
  const excess = Math.max(failuresMin, failures) / requests;
  return excess > 1 ? undefined : excess;
}

/** Gives what only hours can show: failures that are a little more frequent, business that is lost, quality that is worse by matured labels. */
export function slowTriggers(
  { rateRatios, slowHarm, businessLift }: GuardInputs,
  policy: GuardPolicy,
): readonly GuardTrigger[] {
  const rates = failureKinds
    .filter((kind) => isRateRatioAlarm(rateRatios[kind], policy.stretchesBetween))
    .map((kind) => ({
      speed: 'slow' as const,
      name: kind,
      evidence: {
        logEvidence: logRateEvidence(rateRatios[kind]),
        wanted: Math.log(policy.stretchesBetween),
      },
    }));
  const business =
    businessLift === undefined
      ? {}
      : { business: businessHarmPValue(businessLift, policy.slowAlpha) };
  return [...rates, ...harmTriggers({ ...slowHarm, ...business }, policy.slowAlpha)];
}

function harmTriggers(harm: GuardInputs['slowHarm'], alpha: number): readonly GuardTrigger[] {
  const pValues = Object.entries(harm).map(([name, pValue]) => ({ name, pValue }));
  return provenByHolm(pValues, ({ pValue }) => pValue, alpha).map(({ name, pValue }) => ({
    speed: 'slow',
    name,
    evidence: { pValue, alpha },
  }));
}

/** Gives those that are proven where any of them may take a version back, so that they share alpha; the surest first. @source Holm 1979 */
function provenByHolm<T>(
  found: readonly T[],
  pOf: (one: T) => number,
  alpha: number,
): readonly T[] {
  const sorted = found.toSorted((left, right) => pOf(left) - pOf(right));
  const open = sorted.findIndex((one, rank) => pOf(one) >= alpha / (sorted.length - rank));
  return open === -1 ? sorted : sorted.slice(0, open);
}
