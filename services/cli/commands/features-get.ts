import type { Command } from 'commander';
import type { FeatureSetPlan } from '../../shared/compute/plan.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { CommandContext } from '../command-context.ts';
import { UsageError } from '../exit-code.ts';
import { type FeatureLine, featureSheet, requestTypesOf } from '../feature-sheet.ts';
import { formatCount, formatHash } from '../format.ts';
import {
  type CommandResult,
  type MeshOptions,
  type MeshSession,
  newMeshCommand,
  withMesh,
} from '../mesh-command.ts';
import { type ParsedInputs, parseAssignments, parseTime } from '../parse-assignments.ts';
import { getFeatureValues, type ServedValues } from '../rpc/feature-values.ts';
import { runningDefinition } from '../running-definition.ts';
import { renderTable } from '../table.ts';

interface GetOptions extends MeshOptions {
  readonly at?: string;
}

/** Gives the command `features get`: the features of one row, as they are served. */
export function featuresGetCommand(context: CommandContext): Command {
  return newMeshCommand('get <name> [key=value...]', {
    summary: 'ask for the features of a model or a feature service: entity keys as key=value',
    examples: [
      'features get spending userId=u007',
      'features get spending userId=u007 --at 2025-04-01T00:00Z --json',
      'features get flight-delay origin=ORD destination=LAX date=2001-06-15T18:00Z',
    ],
  })
    .option(
      '--at <time>',
      'time t of the answer (default: now; where a replay owns the clock, the time among the request features)',
    )
    .action((name: string, assignments: readonly string[], options: GetOptions) =>
      withMesh(options, context, (session) => get(session, { name, assignments, at: options.at })),
    );
}

interface GetArguments {
  readonly name: string;
  readonly assignments: readonly string[];
  readonly at: string | undefined;
}

async function get(
  session: MeshSession,
  { name, assignments, at }: GetArguments,
): Promise<CommandResult> {
  const { featureSets } = await runningDefinition(session.found);
  const featureSet = featureSets.find((candidate) => candidate.name === name);
  if (featureSet === undefined) throw unknownSet(name, featureSets);
  const { joinKeys } = featureSet;
  const requestFeatures = requestTypesOf(featureSet);
  const inputs = parseAssignments(assignments, { model: name, joinKeys, requestFeatures });
  const missing = joinKeys.filter((key) => inputs.entities[key] === undefined);
  if (missing.length > 0) {
    throw new UsageError(
      `wanted all of ${joinKeys.join(', ')} as key=value, got no ${missing.join(', ')}`,
    );
  }
  const keys = joinKeys.map((key) => inputs.entities[key] ?? '');
  const atMs = timeOf(session, at, inputs);
  const { signal } = session.context;
  const served = await getFeatureValues(session.mesh, { featureSet, keys, atMs }, signal);
  const lines = featureSheet(featureSet, served.values, inputs.requestFeatures);
  return {
    json: sheetAsJson(featureSet, inputs, { served, lines }),
    text: renderSheet(featureSet, inputs, { served, lines }),
  };
}

/** In a replay "now" would be a time without data. */
function timeOf(
  { found, context }: MeshSession,
  at: string | undefined,
  { requestFeatures }: ParsedInputs,
): number {
  if (at !== undefined) return parseTime('--at', at);
  if (!found.record.hasVirtualClock) return context.clock.epoch();
  const times = Object.values(requestFeatures).flatMap((value) =>
    'timeMs' in value ? [value.timeMs] : [],
  );
  const [time] = times;
  if (time !== undefined && times.length === 1) return time;
  throw new UsageError(
    'wanted the time of the answer as --at <time>, since a replay owns the clock of this mesh',
  );
}

interface Sheet {
  readonly served: ServedValues;
  readonly lines: readonly FeatureLine[];
}

function sheetAsJson(
  { name, hash }: FeatureSetPlan,
  { entities }: ParsedInputs,
  { served, lines }: Sheet,
): unknown {
  const { atMs, logOffset, computeVersion, valueHash } = served;
  return {
    featureSet: name,
    entities,
    // JSON has no "not there" but null.
    features: lines.map((line) => ({
      name: line.name,
      value: line.value ?? null,
      status: line.status,
      newestEventMs: line.newestEventMs ?? null,
    })),
    stamp: { atMs, logOffset, featureSetHash: hash, computeVersion, valueHash },
  };
}

function renderSheet(
  { name, hash }: FeatureSetPlan,
  { entities }: ParsedInputs,
  { served, lines }: Sheet,
): string {
  const { atMs, logOffset, computeVersion, valueHash } = served;
  const keys = Object.entries(entities).map(([key, value]) => `${key}=${value}`);
  const rows = lines.map((line) => [
    line.name,
    line.value === undefined ? '-' : String(line.value),
    line.status,
    line.newestEventMs === undefined ? '-' : exactTime(line.newestEventMs),
  ]);
  return [
    `${name} of ${keys.join(', ')} at ${exactTime(atMs)} UTC\n`,
    renderTable(['feature', 'value', 'status', 'newest event before (UTC)'], rows),
    `stamp: log offset ${formatCount(logOffset)}, definition ${formatHash(hash)}, arithmetic ${computeVersion}, values ${valueHash}\n`,
  ].join('\n');
}

/** A boundary is a matter of milliseconds. */
function exactTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('T', ' ').replace('Z', '');
}

function unknownSet(name: string, known: readonly FeatureSetPlan[]): MeshError {
  const names = known.map((featureSet) => featureSet.name).join(', ') || 'none';
  return new MeshError({
    code: 'NOT_FOUND',
    reason: 'FEATURE_SET_UNKNOWN',
    message: `wanted a model or a feature service of this mesh (${names}), got '${name}'`,
  });
}
