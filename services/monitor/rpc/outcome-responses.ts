import type { CohortFigures as WireCohort } from '../../gen/mlmesh/monitor/v1/CohortFigures.ts';
import type { GetLiftResponse } from '../../gen/mlmesh/monitor/v1/GetLiftResponse.ts';
import type { GetQualityResponse } from '../../gen/mlmesh/monitor/v1/GetQualityResponse.ts';
import type { QualityFigures } from '../../gen/mlmesh/monitor/v1/QualityFigures.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { requireInteger } from '../../shared/platform/grpc/validate.ts';
import type { CohortFigures } from '../core/outcomes/cohort-tally.ts';
import type { Quality } from '../core/statistics/quality.ts';
import type { ModelFacts } from '../outcomes/model-facts.ts';
import type { LiftReport } from '../outcomes/read-lift.ts';
import type { QualityReport } from '../outcomes/read-quality.ts';

const labelledDefault = 20_000;
const labelledMost = 50_000;

/**
 * Gives how many answers with an outcome are looked at.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD when it is more than 50,000
 */
export function labelledWanted(count: number): number {
  return requireInteger(count, 'labelled_max', { max: labelledMost }) || labelledDefault;
}

/**
 * Gives what outcomes of a model are judged by.
 * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN
 */
export function factsOf(facts: ReadonlyMap<string, ModelFacts>, model: string): ModelFacts {
  const found = facts.get(model);
  if (found !== undefined) return found;
  throw new MeshError({
    code: 'NOT_FOUND',
    reason: 'MODEL_UNKNOWN',
    message: `wanted a model of the mesh (${[...facts.keys()].join(', ')}), got '${model}'`,
  });
}

/** Gives a report on quality as it travels. */
export function toQualityResponse(report: QualityReport, { plan }: ModelFacts): GetQualityResponse {
  const { version, isMature, due, dueLabelled, fromMs, untilMs, all, segments } = report;
  return {
    ...{ version, isMature, due, dueLabelled, fromMs, untilMs },
    maturityMin: plan.quality.maturityMin,
    labelHorizonMs: plan.quality.labelHorizonMs,
    ...(all === undefined ? {} : { all: toFigures(all) }),
    segments: segments.map(({ key, value, quality }) => ({
      ...{ key, value, figures: toFigures(quality) },
    })),
  };
}

function toFigures({ rows, metrics, calibration, auc, ...rest }: Quality): QualityFigures {
  const { observedOverExpected: ratio } = rest;
  const { positiveRate, meanProbability, logLoss, brier } = metrics;
  return {
    ...{ rows, positiveRate, meanProbability, logLoss, brier, ece: calibration.ece },
    ...(auc === undefined ? {} : { auc: auc.auc, aucLower: auc.lower, aucUpper: auc.upper }),
    ...(ratio === undefined
      ? {}
      : {
          observedOverExpected: ratio.ratio,
          observedOverExpectedLower: ratio.lower,
          observedOverExpectedUpper: ratio.upper,
        }),
  };
}

/** Gives a report on lift as it travels. */
export function toLiftResponse(report: LiftReport): GetLiftResponse {
  const { version, policy, finding, fromMs, untilMs, model, control, before } = report;
  const { lift, lower, upper, relativeLift, harmPValue, varianceLeft, sampleRatio } = finding;
  const verdicts = {
    better: 'LIFT_VERDICT_BETTER',
    worse: 'LIFT_VERDICT_WORSE',
    undecided: 'LIFT_VERDICT_UNDECIDED',
    invalid: 'LIFT_VERDICT_INVALID',
  } as const;
  return {
    ...{ version, fromMs, untilMs, lift, lower, upper, harmPValue, varianceLeft },
    verdict: verdicts[finding.verdict],
    modelCohort: toCohort(model),
    controlCohort: toCohort(control),
    ...(before === undefined ? {} : { before: toCohort(before) }),
    ...(relativeLift === undefined ? {} : { relativeLift }),
    wantedShare: policy.modelShare,
    share: sampleRatio.share,
    sampleRatioPValue: sampleRatio.anytimePValue,
    ...{ alpha: policy.alpha, liftMin: policy.liftMin, margin: policy.margin },
    ...{ explanation: report.explanation, scanned: report.scanned, isCut: report.isCut },
    asOfMs: report.asOfMs,
  };
}

function toCohort({
  latencyP50Ms,
  latencyP99Ms,
  auc,
  aucStd: _,
  ...counts
}: CohortFigures): WireCohort {
  return {
    ...counts,
    ...(latencyP50Ms === undefined ? {} : { latencyP50Ms }),
    ...(latencyP99Ms === undefined ? {} : { latencyP99Ms }),
    ...(auc === undefined ? {} : { auc }),
  };
}
