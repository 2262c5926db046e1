import type { Command } from 'commander';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { ClientResponseOf } from '../../shared/platform/grpc/service-types.ts';
import type { CommandContext } from '../command-context.ts';
import { UsageError } from '../exit-code.ts';
import { formatCount } from '../format.ts';
import {
  type CommandResult,
  type MeshOptions,
  type MeshSession,
  newMeshCommand,
  withMesh,
} from '../mesh-command.ts';
import { parseAssignments, parseTime } from '../parse-assignments.ts';
import { renderTable } from '../table.ts';

type Explanation = ClientResponseOf<'mlmesh.feature.v1.FeatureService', 'explainValues'>;
type Explained = Explanation['features'][number];

interface DiffOptions extends MeshOptions {
  readonly at?: string;
  readonly offset?: string;
  readonly feature?: string;
}

/** Events that are shown for people; JSON holds all that the service gives. */
const shownMax = 20;

/** It reads the warehouse, and may wait behind an audit. */
const explainMs = durationMs(60_000);

/** Gives the command `features diff`: explains the values of one row event by event. */
export function featuresDiffCommand(context: CommandContext): Command {
  return newMeshCommand('diff <model> <key=value...>', {
    summary: 'explain the values of one row event by event, and where two sides differ',
    examples: [
      'features diff flight-delay origin=ORD destination=LAX --at 2001-06-15T18:00Z',
      'features diff flight-delay origin=ORD destination=LAX --at 992628000000 --offset 2604000 --feature originDelayMean3h',
    ],
  })
    .option('--at <time>', 'time t of the answer')
    .option('--offset <number>', 'log offset L of the answer (default: that of now)')
    .option('--feature <name>', 'explain this feature only (default: all of the model)')
    .action((model: string, assignments: readonly string[], options: DiffOptions) =>
      withMesh(options, context, (session) => diff(session, { model, assignments, options })),
    );
}

interface DiffArguments {
  readonly model: string;
  readonly assignments: readonly string[];
  readonly options: DiffOptions;
}

async function diff(
  { mesh, context }: MeshSession,
  { model, assignments, options }: DiffArguments,
): Promise<CommandResult> {
  const { signal } = context;
  if (options.at === undefined)
    throw new UsageError('wanted the time of the answer as --at <time>');
  const atMs = parseTime('--at', options.at);
  const logOffset = options.offset === undefined ? 0 : parseOffset(options.offset);
  const { featureSets } = await mesh.feature.listDefinitions({}, { signal });
  const featureSet = featureSets.find((candidate) => candidate.model === model);
  if (featureSet === undefined) throw unknownModel(model, featureSets);
  const { joinKeys, hash } = featureSet;
  const { entities } = parseAssignments(assignments, { model, joinKeys, requestFeatures: {} });
  const missing = joinKeys.filter((key) => entities[key] === undefined);
  if (missing.length > 0) {
    throw new UsageError(
      `wanted all of ${joinKeys.join(', ')} as key=value, got no ${missing.join(', ')}`,
    );
  }
  const query = {
    featureSetHash: hash,
    rows: 1,
    keys: joinKeys.map((key) => entities[key] ?? ''),
    atMs: Buffer.from(Float64Array.of(atMs).buffer),
  };
  const request = { query, logOffset, feature: options.feature ?? '' };
  const found = await mesh.feature.explainValues(request, { signal, timeoutMs: explainMs });
  return { json: { ...found, atMs }, text: renderExplanation(found) };
}

function parseOffset(text: string): number {
  const offset = Number(text);
  if (Number.isSafeInteger(offset) && offset >= 1) return offset;
  throw new UsageError(`--offset: wanted a log offset, a whole number of 1 or more, got '${text}'`);
}

function unknownModel(model: string, known: readonly { readonly model: string }[]): MeshError {
  const names = known.map((featureSet) => featureSet.model).join(', ') || 'none yet';
  return new MeshError({
    code: 'NOT_FOUND',
    reason: 'MODEL_UNKNOWN',
    message: `wanted a model of this mesh (${names}), got '${model}'`,
  });
}

function renderExplanation({ features, logOffset, newestLogOffset }: Explanation): string {
  const head = `at log offset ${formatCount(logOffset)}; the log is at ${formatCount(newestLogOffset)}\n`;
  return [head, ...features.map(renderFeature)].join('\n');
}

function renderFeature(explained: Explained): string {
  const { feature, definition, entity, fromMs, untilMs, events, eventsInWindow } = explained;
  const sides = [
    ['served at (t, L)', sideOf(explained.served, 'not in the log of answers')],
    ['recomputed at (t, L)', sideOf(explained.recomputed, '-')],
    ['online now', sideOf(explained.online, 'let go of: older than what the online state keeps')],
    ['recomputed now', sideOf(explained.recomputedNow, '-')],
  ];
  const rows = events
    .slice(-shownMax)
    .map((event) => [
      exactTime(event.atMs),
      formatCount(event.seq),
      Number.isNaN(event.value) ? 'does not count' : String(event.value),
      event.isInWindow ? 'in the window' : 'outside',
      event.isSeen ? 'seen' : 'came after L',
      event.isHistory ? 'history' : 'log',
      event.isLate ? 'late' : '',
    ]);
  const lines = [
    `${feature} of ${entity}: ${definition}\nwindow [${exactTime(fromMs)}, ${exactTime(untilMs)}), ${formatCount(eventsInWindow)} events\n`,
    renderTable(['side', 'value'], sides),
    renderTable(['visible at (UTC)', 'seq', 'value', 'window', 'log', 'from', ''], rows),
    ...(events.length > shownMax
      ? [`the newest ${shownMax} of ${formatCount(events.length)}; --json has more\n`]
      : []),
    ...explained.findings.map((finding) => `-> ${finding}\n`),
  ];
  return lines.join('');
}

function sideOf(side: Explained['recomputed'], otherwise: string): string {
  if (!side) return otherwise;
  const status = side.status.replace('FEATURE_STATUS_', '').toLowerCase().replaceAll('_', ' ');
  return status === 'present' ? String(side.value) : `${side.value} (default: ${status})`;
}

/** A boundary is a matter of milliseconds. */
function exactTime(epochMs: number): string {
  if (!Number.isFinite(epochMs)) return 'the beginning';
  return new Date(epochMs).toISOString().replace('T', ' ').replace('Z', '');
}
