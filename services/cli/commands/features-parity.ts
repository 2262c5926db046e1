import type { Command } from 'commander';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { ClientResponseOf } from '../../shared/platform/grpc/service-types.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes, UsageError } from '../exit-code.ts';
import { formatCount, formatDuration, formatTime } from '../format.ts';
import {
  type CommandResult,
  type MeshOptions,
  type MeshSession,
  newMeshCommand,
  withMesh,
} from '../mesh-command.ts';
import { parseTime } from '../parse-assignments.ts';
import { renderTable } from '../table.ts';
import { showStep } from '../up/step-progress.ts';

type Step = ClientResponseOf<'mlmesh.feature.v1.FeatureService', 'auditAnswers'>;
type Summary = NonNullable<Step['summary']>;

interface ParityOptions extends MeshOptions {
  readonly limit?: string;
  readonly since?: string;
  readonly featureSet?: string;
}

/** Mismatches that are shown in detail. */
const examplesMax = 20;

/** An audit of all that a log holds takes minutes. */
const auditMs = durationMs(3_600_000);

/** Gives the command `features parity`: computes served answers again and compares every bit. */
export function featuresParityCommand(context: CommandContext): Command {
  return newMeshCommand('parity', {
    summary: 'compute the answers that were served again, and compare every bit',
    examples: [
      'features parity',
      'features parity --limit 10000 --json',
      'features parity --feature-set flight-delay --since 2001-06-15T18:00Z',
    ],
  })
    .option('--limit <number>', 'audit the newest answers only (default: all that the log holds)')
    .option('--since <time>', 'audit answers whose time is at or after this only')
    .option('--feature-set <model>', 'audit answers for the inputs of one model only')
    .addHelpText('after', parityHelp)
    .action((options: ParityOptions) =>
      withMesh(options, context, (session) => checkParity(session, options)),
    );
}

const parityHelp = `
A mismatch is an answer that the plain definition does not give at its own time t and log offset L: an error, always.
Freshness says what events that came later would change, late data what late ones would: neither is an error.

Exit status: 0 when no bit differs, ${exitCodes.parityBroken} when one does, ${exitCodes.nothingAudited} when there was no answer to audit.
`;

async function checkParity(
  { mesh, context }: MeshSession,
  options: ParityOptions,
): Promise<CommandResult> {
  const { signal, clock, setExitCode } = context;
  const limit = options.limit === undefined ? 0 : parseLimit(options.limit);
  const since = options.since === undefined ? {} : { sinceMs: parseTime('--since', options.since) };
  const featureSetHash = await hashOf(mesh, options.featureSet, signal);
  const startedMs = clock.monotonic();
  let summary: Summary | undefined;
  await showStep('audit answers', context, async (report) => {
    const request = { featureSetHash, limit, ...since, examplesMax };
    for await (const step of mesh.feature.auditAnswers(request, { signal, timeoutMs: auditMs })) {
      summary = step.summary ?? summary;
      if (!step.progress) continue;
      const { done, total, stage } = step.progress;
      report(
        total > 0 ? done / total : 0,
        `${formatCount(done)} of ${formatCount(total)} ${stage}`,
      );
    }
    return `${formatCount(summary?.answers ?? 0)} answers`;
  });
  if (!summary) throw noSummary();
  if (summary.mismatches > 0) setExitCode(exitCodes.parityBroken);
  else if (summary.answers === 0) setExitCode(exitCodes.nothingAudited);
  const tookMs = clock.monotonic() - startedMs;
  return { json: { ...summary, durationMs: tookMs }, text: renderSummary(summary, tookMs) };
}

async function hashOf(
  mesh: MeshSession['mesh'],
  model: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  if (model === undefined) return '';
  const { featureSets } = await mesh.feature.listDefinitions({}, { signal });
  const found = featureSets.find((featureSet) => featureSet.model === model);
  if (found !== undefined) return found.hash;
  const names = featureSets.map((featureSet) => featureSet.model).join(', ') || 'none';
  throw new MeshError({
    code: 'NOT_FOUND',
    reason: 'MODEL_UNKNOWN',
    message: `--feature-set: wanted a model of this mesh (${names}), got '${model}'`,
  });
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (Number.isSafeInteger(limit) && limit >= 1) return limit;
  throw new UsageError(`--limit: wanted a whole number of 1 or more, got '${text}'`);
}

function renderSummary(summary: Summary, tookMs: number): string {
  const { answers, cells, mismatches, mismatchedAnswers, examples } = summary;
  if (answers === 0) {
    return `no answer was audited: the log of answers holds ${formatCount(summary.logged)}, ${formatCount(summary.unauditable)} of those that were looked at are of a definition that is not served any more\n`;
  }
  const rows = [
    [
      'answers',
      formatCount(answers),
      'rows that were served, computed again each at its own (t, L)',
    ],
    ['cells', formatCount(cells), 'values of those'],
    [
      'mismatches',
      formatCount(mismatches),
      `values that differ in any bit, in ${formatCount(mismatchedAnswers)} answers`,
    ],
    [
      'freshness',
      formatCount(summary.changedSince),
      'values that events which came later would change',
    ],
    [
      'late data',
      formatCount(summary.lateEffects),
      'values that late events would change, had they been in time',
    ],
    [
      'unauditable',
      formatCount(summary.unauditable),
      'answers of definitions that are not served any more',
    ],
    [
      'dropped',
      formatCount(summary.dropped),
      'answers that the log did not take, since the service started',
    ],
  ];
  const verdict =
    mismatches === 0
      ? `parity holds: online equals offline, bit for bit (${formatDuration(tookMs)})\n`
      : `parity is broken; \`mlmesh features diff\` explains a value event by event\n`;
  const details = examples.length === 0 ? [] : [renderExamples(examples)];
  return [renderTable(['what', 'count', ''], rows), ...details, verdict].join('\n');
}

function renderExamples(examples: Summary['examples']): string {
  const rows = examples.map((example) => [
    example.feature,
    example.keys.join(', '),
    formatTime(example.atMs),
    formatCount(example.logOffset),
    String(example.served?.value),
    String(example.recomputed?.value),
    String(example.ulps),
  ]);
  return renderTable(['feature', 'key', 't (UTC)', 'L', 'served', 'recomputed', 'ulps'], rows);
}

function noSummary(): MeshError {
  return new MeshError({
    code: 'INTERNAL',
    reason: 'INTERNAL',
    message: 'the audit ended without a summary; the feature service may be of another version',
  });
}
