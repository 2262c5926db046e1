import type { Command } from 'commander';
import { durationMs } from '../../shared/kernel/units.ts';
import type { ClientResponseOf } from '../../shared/platform/grpc/service-types.ts';
import type { CommandContext } from '../command-context.ts';
import { formatCount, formatDuration, formatShare, formatTime } from '../format.ts';
import { type MeshOptions, newMeshCommand, withMesh } from '../mesh-command.ts';
import { renderTable } from '../table.ts';
import { parseModelOrVersion } from '../version-ref.ts';

/** The log is read for it. */
const readMs = durationMs(60_000);

type Lift = ClientResponseOf<'mlmesh.monitor.v1.MonitorService', 'getLift'>;
type Cohort = Lift['modelCohort'];

/** Gives the command `lift`: what a version brings to the business, against the control cohort. */
export function liftCommand(context: CommandContext): Command {
  return newMeshCommand('lift <model> [version]', {
    summary: 'show what a version brings to the business, against the control cohort',
    examples: ['lift flight-delay', 'lift flight-delay@3 --json'],
  }).action((text: string, which: string | undefined, options: MeshOptions) => {
    const wanted = parseModelOrVersion(text, which);
    return withMesh(options, context, async ({ mesh }) => {
      const options = { signal: context.signal, timeoutMs: readMs };
      const lift = await mesh.monitor.getLift(wanted, options);
      return { json: { model: wanted.model, ...lift }, text: renderLift(wanted.model, lift) };
    });
  });
}

const verdicts: Readonly<Record<Lift['verdict'], string>> = {
  LIFT_VERDICT_UNSPECIFIED: 'undecided',
  LIFT_VERDICT_UNDECIDED: 'undecided so far',
  LIFT_VERDICT_BETTER: 'better than control',
  LIFT_VERDICT_WORSE: 'worse than control',
  LIFT_VERDICT_INVALID: 'not comparable: the cohorts have not their sizes',
};

function renderLift(model: string, lift: Lift): string {
  const { version, verdict, lower, upper, relativeLift, alpha } = lift;
  if (version === 0) return `${model}: no version has answered callers yet\n`;
  if (!lift.controlCohort?.answers) {
    return `${model}@${version}: there is nothing to compare with, since control has answered nobody; give it a share in the policy of the model (\`control: { share: 0.05, serve: 'rules' }\`)\n`;
  }
  const relative = relativeLift === undefined ? '' : `, ${signed(100 * relativeLift, 1)} %`;
  const bounds = Number.isFinite(lower)
    ? `${signed(lower)} to ${signed(upper)} at every look at once with ${formatShare(1 - alpha)}`
    : 'no bounds with so few entities';
  const heads = [
    'cohort',
    'answers',
    'degraded',
    'with outcome',
    'entities',
    'value',
    'p50',
    'p99',
    'AUC',
  ];
  const rows = [
    cohortRow(`version ${version}`, lift.modelCohort),
    cohortRow('control', lift.controlCohort),
    ...(lift.before === null ? [] : [cohortRow('before it', lift.before)]),
  ];
  const lines = [
    `${model}@${version}, ${formatTime(lift.fromMs)} to ${formatTime(lift.untilMs)}: ${verdicts[verdict]}`,
    `lift        ${signed(lift.lift)} a request${relative} (${bounds})`,
    `loss        anytime-valid p ${lift.harmPValue.toPrecision(2)} of none above ${lift.margin}`,
    `cohorts     ${formatShare(lift.share)} of the entities, ${formatShare(lift.wantedShare)} wanted (p ${lift.sampleRatioPValue.toPrecision(2)})`,
    `covariate   leaves ${formatShare(lift.varianceLeft)} of the variance`,
    ...notesOf(lift),
  ];
  return `${lines.join('\n')}\n\n${renderTable(heads, rows)}`;
}

function notesOf({ explanation, isCut, scanned }: Lift): readonly string[] {
  const log = `log         the newest ${formatCount(scanned)} predictions; older answers are left out`;
  return [...(explanation === '' ? [] : [`with it     ${explanation}`]), ...(isCut ? [log] : [])];
}

function cohortRow(name: string, cohort: Cohort): readonly (string | number)[] {
  if (cohort === null) return [name, 0, '-', 0, 0, '-', '-', '-', '-'];
  const { answers, degraded, labelled, entities, meanValue, latencyP50Ms, latencyP99Ms, auc } =
    cohort;
  return [
    name,
    formatCount(answers),
    answers === 0 ? '-' : formatShare(degraded / answers),
    formatCount(labelled),
    formatCount(entities),
    labelled === 0 ? '-' : meanValue.toFixed(4),
    latencyP50Ms === undefined ? '-' : formatDuration(latencyP50Ms),
    latencyP99Ms === undefined ? '-' : formatDuration(latencyP99Ms),
    auc === undefined ? '-' : auc.toFixed(3),
  ];
}

function signed(value: number, digits = 4): string {
  return `${value > 0 ? '+' : ''}${value.toFixed(digits)}`;
}
