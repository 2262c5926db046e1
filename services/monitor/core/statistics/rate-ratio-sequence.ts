/** Requests of one version in a stretch of time, with those that failed in some way. */
export interface FailureCount {
  readonly requests: number;
  readonly failures: number;
}

/** Evidence that failures of the current version have become more frequent than the previous one's, as plain data. */
export interface RateRatioState {
  /** Logarithm of the evidence for each of {@link rateRatios}; 0 or more. */
  readonly logEvidence: readonly number[];
}

/** Ratios of failure rates that are looked for. 1.5: less is not worth a rollback by itself; 24: what a jump from 0.2 % to 5 % is. */
export const rateRatios = [1.5, 2, 4, 8, 24] as const;

/** The state before the first stretch. */
export const rateRatioStart: RateRatioState = { logEvidence: rateRatios.map(() => 0) };

/**
 * Adds a stretch of time in which both versions served the same traffic. A failure falls on either in proportion to their requests while they are alike, however many there are: an outage of what both
 * depend on moves nothing. Each sum is a likelihood ratio that begins anew whenever it is below 1, so harm is found whenever it begins. O(ratios).
 * @source e-detector of CUSUM type: Shin, Ramdas and Rinaldo 2022; conditioning on the total: Przyborowski and Wilenski 1940
 */
export function stepRateRatio(
  state: RateRatioState,
  current: FailureCount,
  previous: FailureCount,
): RateRatioState {
  const requests = current.requests + previous.requests;
  if (current.requests === 0 || previous.requests === 0) return state;
  const share = current.requests / requests;
  const logEvidence = rateRatios.map((ratio, index) => {
    // Share of failures that fall on the current version if its rate is `ratio` times the previous one's, over the share if they are alike.
    const scale = share * ratio + 1 - share;
    const evidence =
      current.failures * Math.log(ratio / scale) - previous.failures * Math.log(scale);
    return Math.max(0, (state.logEvidence[index] ?? 0) + evidence);
  });
  return { logEvidence };
}

/**
 * Says whether the evidence is so strong that false alarms are on average at least `stretchesBetween` stretches apart: the mean of the ratios' evidence against that number.
 */
export function isRateRatioAlarm(
  { logEvidence }: RateRatioState,
  stretchesBetween: number,
): boolean {
  return logRateEvidence({ logEvidence }) > Math.log(stretchesBetween);
}

/** Gives the logarithm of the mean evidence. */
export function logRateEvidence({ logEvidence }: RateRatioState): number {
  const most = Math.max(...logEvidence);
  const sum = logEvidence.reduce((total, one) => total + Math.exp(one - most), 0);
  return most + Math.log(sum / logEvidence.length);
}
