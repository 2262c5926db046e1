import { isRateRatioAlarm, logRateEvidence } from '../statistics/rate-ratio-sequence.ts';
import { compareShares, type ShareTest } from '../statistics/share-tests.ts';
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
  { fallbackRatio, failuresMin, fiveMinuteZ }: GuardPolicy,
): readonly GuardTrigger[] {
  if (current.fallbacks < failuresMin || previous.requests === 0) return [];
  const share = current.fallbacks / current.requests;
  const previousShare = previous.fallbacks / previous.requests;
  const { z } = compareKind('fallbacks', current, previous);
  if (share <= fallbackRatio * previousShare || z <= fiveMinuteZ) return [];
  return [{ speed: 'hard', name: 'fallbackRatio', evidence: { share, previousShare, z } }];
}

/**
 * Gives the kinds of failure in which the new version is worse than the previous one on the same traffic: over five minutes by far, in the last one still, above its budget, and by enough failures. What hits both, such as an outage of
 * a dependency, triggers nothing.
 */
export function fastTriggers(
  { current, previous }: GuardInputs,
  policy: GuardPolicy,
): readonly GuardTrigger[] {
  return failureKinds.flatMap((kind) => {
    const five = compareKind(kind, current.fiveMinutes, previous.fiveMinutes);
    const one = compareKind(kind, current.oneMinute, previous.oneMinute);
    const { requests, [kind]: failures } = current.fiveMinutes;
    const burn = requests === 0 ? 0 : failures / requests / policy.budgets[kind];
    const isWorse = five.z > policy.fiveMinuteZ && one.z > policy.oneMinuteZ;
    if (!isWorse || burn <= 1 || failures < policy.failuresMin) return [];
    const evidence = { failures, burn, fiveMinuteZ: five.z, oneMinuteZ: one.z };
    return [
      { speed: 'fast' as const, name: kind, evidence: { ...evidence, excess: five.difference } },
    ];
  });
}

function compareKind(kind: FailureKind, current: ServedCounts, previous: ServedCounts): ShareTest {
  return compareShares(
    { count: previous[kind], rows: previous.requests },
    { count: current[kind], rows: current.requests },
  );
}

/** Gives what only hours can show: failures that are a little more frequent, business that is lost, quality that is worse by matured labels. */
export function slowTriggers(
  { rateRatios, slowHarm }: GuardInputs,
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
  return [...rates, ...harmTriggers(slowHarm, policy.slowAlpha)];
}

/** Any of the p-values may take the version back, so that they share alpha. @source Holm 1979 */
function harmTriggers(harm: GuardInputs['slowHarm'], alpha: number): readonly GuardTrigger[] {
  const pValues = Object.entries(harm)
    .map(([name, pValue]) => ({ name, pValue }))
    .sort((left, right) => left.pValue - right.pValue);
  const firstOpen = pValues.findIndex(
    ({ pValue }, rank) => pValue >= alpha / (pValues.length - rank),
  );
  const proven = firstOpen === -1 ? pValues : pValues.slice(0, firstOpen);
  return proven.map(({ name, pValue }) => ({ speed: 'slow', name, evidence: { pValue, alpha } }));
}
