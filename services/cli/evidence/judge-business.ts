import type { Finding } from './finding.ts';

/** What a version brought against control, as the monitor judged it: mlmesh.monitor.v1.GetLiftResponse. */
export interface JudgedLift {
  readonly version: number;
  readonly verdict: string;
  readonly lift: number;
  readonly lower: number;
  readonly upper: number;
  readonly margin: number;
  readonly alpha: number;
  readonly harmPValue: number;
  readonly share: number;
  readonly wantedShare: number;
  readonly sampleRatioPValue: number;
  readonly modelCohort: LiftCohort | null;
  readonly controlCohort: LiftCohort | null;
}

interface LiftCohort {
  readonly labelled: number;
  readonly entities: number;
}

/**
 * Holds what a version earned with callers against the control cohort of the same time: it passes where a loss above the margin is ruled out, fails where one is proven, both at all looks at once. A shadow moves nobody, so nothing can be said before the
 * version has callers.
 */
export function judgeBusiness(
  judged: JudgedLift,
): Pick<Finding, 'verdict' | 'figures' | 'statement'> {
  const { verdict, lift, lower, upper, margin, alpha, harmPValue } = judged;
  const [model, control] = [judged.modelCohort, judged.controlCohort];
  const figures = finiteOf({
    ...{ lift, lower, upper, margin, alpha, harm_p_value: harmPValue },
    ...{ share: judged.share, wanted_share: judged.wantedShare },
    sample_ratio_p_value: judged.sampleRatioPValue,
    ...{ outcomes: model?.labelled ?? 0, entities: model?.entities ?? 0 },
    control_outcomes: control?.labelled ?? 0,
    control_entities: control?.entities ?? 0,
  });
  const cohorts = `over ${model?.labelled ?? 0} and ${control?.labelled ?? 0} answers with an outcome of ${model?.entities ?? 0} and ${control?.entities ?? 0} entities`;
  if (verdict === 'LIFT_VERDICT_INVALID') {
    const statement = `the cohorts have not the sizes that they were to have (p ${judged.sampleRatioPValue.toExponential(1)}), so nothing is compared`;
    return { verdict: 'inconclusive', figures, statement };
  }
  if (!Number.isFinite(lower)) {
    const statement = `${cohorts}: too few to say what it brings; give it callers as canary, with a control cohort in the policy`;
    return { verdict: 'inconclusive', figures, statement };
  }
  const statement = `${signed(lift)} a request against control, ${signed(lower)} to ${signed(upper)} at every look, where a loss of ${margin} is tolerated; ${cohorts}`;
  if (upper < -margin) return { verdict: 'fail', figures, statement };
  return { verdict: lower > -margin ? 'pass' : 'inconclusive', figures, statement };
}

function finiteOf(figures: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => Number.isFinite(value)));
}

function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(4)}`;
}
