import type { AlertEvidence, AlertSource, FiringAlert } from '../core/alert-source.ts';
import type { CohortFigures } from '../core/outcomes/cohort-tally.ts';
import { explainLoss, type ReleaseFigures } from '../core/outcomes/explain-loss.ts';
import { type ReplacedVersion, releaseFigures } from './business-evidence.ts';
import type { OutcomeLoop } from './outcome-loop.ts';
import type { LiftReport } from './read-lift.ts';

/** Raises `business-lift` where a version is proven to bring less than control, with what goes with it, and `cohort-sizes` where the cohorts can not be compared. */
export class BusinessLiftSource implements AlertSource {
  readonly #loop: Pick<OutcomeLoop, 'latest'>;
  readonly #releaseOf: (model: string) => ReplacedVersion | undefined;

  /** @param releaseOf where the release of a model stands, as far as that is known */
  constructor(
    loop: Pick<OutcomeLoop, 'latest'>,
    releaseOf: (model: string) => ReplacedVersion | undefined,
  ) {
    this.#loop = loop;
    this.#releaseOf = releaseOf;
  }

  firing(): readonly FiringAlert[] {
    return [...this.#loop.latest()].flatMap(([model, report]) => {
      const release = this.#releaseOf(model);
      const isKnown = release?.version === report.version;
      return alertOf(model, report, isKnown ? releaseFigures(release) : {});
    });
  }
}

function alertOf(
  model: string,
  report: LiftReport,
  release: ReleaseFigures,
): readonly FiringAlert[] {
  const { version, finding, policy, control, before } = report;
  const evidence = { ...evidenceOf(report), ...figuresNamed('release', release) };
  const shared = { model, subject: `version ${version}`, evidence };
  const { sampleRatio, lift, lower, upper, relativeLift } = finding;
  switch (finding.verdict) {
    case 'invalid':
      return [
        {
          ...shared,
          rule: 'cohort-sizes',
          severity: 'TICKET',
          message: `${percent(sampleRatio.share)} of the entities are in the model cohort of version ${version}, and ${percent(policy.modelShare)} were to be (anytime-valid p ${sampleRatio.anytimePValue.toExponential(0)}): what assigns them is broken, so no lift is judged; look at \`mlmesh traffic ${model}\` and at what callers leave out`,
        },
      ];
    case 'worse':
      return [
        {
          ...shared,
          rule: 'business-lift',
          severity: 'PAGE',
          message: `version ${version} brings less than control: ${signed(lift)} a request (${signed(lower)} to ${signed(upper)}, right at every look at once with ${percent(1 - policy.alpha)})${relativeLift === undefined ? '' : `, ${signed(100 * relativeLift, 1)} %`}, over ${report.model.labelled} and ${report.control.labelled} answers with an outcome. ${sentence(explainLoss({ model: report.model, control, before, release }))}. See \`mlmesh lift ${model}\`, and go back with \`mlmesh models rollback ${model}\` where a release caused it`,
        },
      ];
    case 'better':
    case 'undecided':
      return [];
  }
}

function evidenceOf(report: LiftReport): AlertEvidence {
  const { version, finding, policy, fromMs, untilMs, model, control, before } = report;
  const { lift, lower, upper, harmPValue, varianceLeft, sampleRatio } = finding;
  return {
    ...{ version, fromMs, untilMs, lift, harmPValue, varianceLeft },
    ...{ requests: report.estimate?.count ?? 0, requestsPlanned: policy.countPlanned },
    ...(Number.isFinite(report.estimate?.variance)
      ? { variance: report.estimate?.variance ?? 0 }
      : {}),
    ...(Number.isFinite(lower) ? { lower, upper } : {}),
    ...{ alpha: policy.alpha, margin: policy.margin, liftMin: policy.liftMin },
    ...{ wantedShare: policy.modelShare, share: sampleRatio.share },
    sampleRatioPValue: sampleRatio.anytimePValue,
    ...figuresNamed('model', model),
    ...figuresNamed('control', control),
    ...(before === undefined ? {} : figuresNamed('before', before)),
  };
}

/** Names each figure that is known after what it is of. */
function figuresNamed(name: string, figures: CohortFigures | ReleaseFigures): AlertEvidence {
  const known = Object.entries(figures).filter(
    (entry): entry is [string, number] => entry[1] !== undefined,
  );
  return Object.fromEntries(known.map(([field, value]) => [`${name}.${field}`, value]));
}

function signed(value: number, digits = 4): string {
  return `${value > 0 ? '+' : ''}${value.toFixed(digits)}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function sentence(clause: string): string {
  return `${clause.slice(0, 1).toUpperCase()}${clause.slice(1)}`;
}
