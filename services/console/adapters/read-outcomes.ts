import { durationMs } from '../../shared/kernel/units.ts';
import type { ClientResponseOf } from '../../shared/platform/grpc/service-types.ts';
import type {
  CohortRow,
  Estimate,
  LiftView,
  QualityRow,
  QualityView,
} from '../core/outcome-views.ts';
import type { ListedVerdict } from '../core/verdict-views.ts';
import type { MeshClients } from './mesh-clients.ts';

type Monitor = 'mlmesh.monitor.v1.MonitorService';
type WireQuality = ClientResponseOf<Monitor, 'getQuality'>;
type WireFigures = NonNullable<WireQuality['all']>;
type WireLift = ClientResponseOf<Monitor, 'getLift'>;

/** Tens of thousands of records are read for it. */
const dearMsMax = durationMs(10_000);

/** Gives how good the answers of the version in production were, by the outcomes that have come. */
export async function readQuality({ monitor }: MeshClients, model: string): Promise<QualityView> {
  const quality = await monitor.getQuality({ model }, { timeoutMs: dearMsMax });
  const { version, isMature, due, dueLabelled, maturityMin, labelHorizonMs } = quality;
  const { all, segments, fromMs, untilMs } = quality;
  const rows = segments.flatMap(({ key, value, figures }) =>
    figures === null ? [] : [qualityRow(`${key} ${value}`, figures)],
  );
  return {
    ...{ version, isMature, due, dueLabelled, maturityMin, labelHorizonMs, fromMs, untilMs },
    rows: all === null ? [] : [qualityRow('all', all), ...rows],
  };
}

function qualityRow(name: string, figures: WireFigures): QualityRow {
  const { rows, logLoss, brier, ece, positiveRate: positiveShare, meanProbability } = figures;
  return {
    ...{ name, rows, logLoss, brier, ece, positiveShare, meanProbability },
    auc: estimate(figures.auc, figures.aucLower, figures.aucUpper),
    observedOverExpected: estimate(
      figures.observedOverExpected,
      figures.observedOverExpectedLower,
      figures.observedOverExpectedUpper,
    ),
  };
}

function estimate(
  value: number | undefined,
  lower: number | undefined,
  upper: number | undefined,
): Estimate | undefined {
  if (value === undefined || lower === undefined || upper === undefined) return undefined;
  return { value, lower, upper };
}

/** Gives what the version in production brings to the business, without what was seen of it before. */
export async function readLift(
  { monitor }: { readonly monitor: Pick<MeshClients['monitor'], 'getLift'> },
  model: string,
): Promise<Omit<LiftView, 'points'>> {
  const found = await monitor.getLift({ model, isLatestEnough: true }, { timeoutMs: dearMsMax });
  const { version, fromMs, untilMs, lift, lower, upper, relativeLift, harmPValue, alpha } = found;
  const { liftMin, margin, share, wantedShare, sampleRatioPValue, explanation, asOfMs } = found;
  const isBounded = Number.isFinite(lower) && Number.isFinite(upper);
  return {
    ...{ version, fromMs, untilMs, lift, relativeLift, harmPValue, alpha, liftMin, margin },
    ...{ share, wantedShare, sampleRatioPValue, explanation, asOfMs },
    verdict: liftVerdicts[found.verdict],
    lower: isBounded ? lower : undefined,
    upper: isBounded ? upper : undefined,
    model: cohortRow(found.modelCohort),
    control: cohortRow(found.controlCohort),
    before: cohortRow(found.before),
  };
}

const liftVerdicts: Readonly<Record<WireLift['verdict'], LiftView['verdict']>> = {
  LIFT_VERDICT_UNSPECIFIED: 'undecided',
  LIFT_VERDICT_UNDECIDED: 'undecided',
  LIFT_VERDICT_BETTER: 'better',
  LIFT_VERDICT_WORSE: 'worse',
  LIFT_VERDICT_INVALID: 'invalid',
};

function cohortRow(cohort: WireLift['modelCohort']): CohortRow | undefined {
  if (cohort === null) return undefined;
  const { answers, degraded, labelled, entities, meanValue, auc } = cohort;
  const { latencyP50Ms, latencyP99Ms } = cohort;
  return { answers, degraded, labelled, entities, meanValue, auc, latencyP50Ms, latencyP99Ms };
}

/** Verdicts that are looked at: a guard stores one a minute, so some three hours. */
const verdictsMax = 200;

/** Gives what the monitor decided of versions, newest first. */
export async function readVerdicts(
  { monitor }: MeshClients,
  model: string,
): Promise<readonly ListedVerdict[]> {
  const { verdicts } = await monitor.listVerdicts({ model, verdictsMax });
  return verdicts.map((verdict) => {
    const {
      verdictId: id,
      kind,
      version,
      baselineVersion,
      atMs,
      decision,
      statement,
      figures,
    } = verdict;
    return { id, kind, version, baselineVersion, atMs, decision, statement, figures };
  });
}
