import { explainLoss, type ReleaseFigures } from '../core/outcomes/explain-loss.ts';
import type { BusinessEvidence } from '../core/rollback/business-harm.ts';
import type { MeanEstimate } from '../core/statistics/confidence-sequence.ts';
import type { VersionFacts } from '../release-ports.ts';
import type { ModelFacts } from './model-facts.ts';
import type { LiftReport } from './read-lift.ts';

/** A version in production and the one that a rollback would lead to. */
export interface ReplacedVersion {
  readonly version: number;
  readonly previousVersion: number;
  readonly facts?: VersionFacts;
  readonly previousFacts?: VersionFacts;
}

/** Gives what explains a loss beside the answers of both versions. */
export function releaseFigures({ facts, previousFacts }: ReplacedVersion): ReleaseFigures {
  return {
    inferenceMs: facts?.inferenceMs,
    previousInferenceMs: previousFacts?.inferenceMs,
    evaluatedAuc: facts?.evaluatedAuc,
    previousEvaluatedAuc: previousFacts?.evaluatedAuc,
  };
}

// 100: answers with an outcome on either side below which bounds that are right in the limit may be wrong.
const labelledMin = 100;

/**
 * Gives what a guard is told of the business; undefined where nothing can be compared: another version is in the report, cohorts have not their sizes, too few outcomes have come, or nothing is known of what the version before brought.
 */
export function businessEvidence(
  report: LiftReport | undefined,
  { plan, controlServes }: Pick<ModelFacts, 'plan' | 'controlServes'>,
  versions: ReplacedVersion,
): BusinessEvidence | undefined {
  const { version, previousVersion } = versions;
  if (report?.version !== version || report.finding.verdict === 'invalid') return undefined;
  const { model, control, before, estimate, beforeEstimate, beforeVersion } = report;
  if (Math.min(model.labelled, control.labelled) < labelledMin) return undefined;
  const lift = sumsOf(estimate);
  if (lift === undefined) return undefined;
  const { alpha, margin, requestsPlanned: countPlanned } = plan.lift;
  const release = releaseFigures(versions);
  const explanation = lift.mean < 0 ? explainLoss({ model, control, before, release }) : '';
  const found = { lift, alpha, countPlanned, margin, explanation };
  // The version before is the control: one comparison says it all.
  if (controlServes === 'previous') return found;
  const earlier = beforeVersion === previousVersion ? sumsOf(beforeEstimate) : undefined;
  return earlier === undefined ? undefined : { ...found, before: earlier };
}

function sumsOf(estimate: MeanEstimate | undefined): MeanEstimate | undefined {
  if (estimate === undefined || !Number.isFinite(estimate.variance)) return undefined;
  const { count, mean, variance } = estimate;
  return { count, mean, variance };
}
