import type { Command } from 'commander';
import type { ClientResponseOf } from '../../shared/platform/grpc/service-types.ts';
import type { CommandContext } from '../command-context.ts';
import { formatDuration } from '../format.ts';
import { type MeshOptions, newMeshCommand, withMesh } from '../mesh-command.ts';
import { type InputValue, parseAssignments, parseTime } from '../parse-assignments.ts';
import { wantedInputs } from '../rpc/wanted-inputs.ts';
import { tierOf } from '../rpc/wire-names.ts';

type Answer = ClientResponseOf<'mlmesh.router.v1.RouterService', 'predict'>;

/** Gives the command `predict`: one prediction. */
export function predictCommand(context: CommandContext): Command {
  return newMeshCommand('predict <model> [key=value...]', {
    summary: 'ask for one prediction: entity keys and request features as key=value',
    examples: [
      'predict flight-delay origin=ORD destination=LAX date=2001-06-15T18:00Z distance=1745',
    ],
  })
    .option(
      '--at <time>',
      'time of the prediction, where a replay owns the clock (default: the time among the request features)',
    )
    .action((model: string, texts: string[], options: MeshOptions & { readonly at?: string }) =>
      withMesh(options, context, async ({ mesh, found }) => {
        const { signal } = context;
        const wanted = await wantedInputs(mesh, model, signal);
        const inputs = parseAssignments(texts, wanted);
        const atMs = found.record.hasVirtualClock
          ? virtualTime(options.at, Object.values(inputs.requestFeatures))
          : timeOf(options.at);
        const answer = await mesh.router.predict({ model, ...inputs, atMs }, { signal });
        return { json: { ...answer, tier: tierOf(answer.tier) }, text: renderAnswer(answer) };
      }),
    );
}

function timeOf(at: string | undefined): number {
  return at === undefined ? 0 : parseTime('--at', at);
}

/** In a replay "now" would be a time without data; the time that the request speaks of is what is meant. */
function virtualTime(at: string | undefined, values: readonly InputValue[]): number {
  if (at !== undefined) return timeOf(at);
  const times = values.flatMap((value) => ('timeMs' in value ? [value.timeMs] : []));
  return times.length === 1 ? (times[0] ?? 0) : 0;
}

function renderAnswer(answer: Answer): string {
  const { tier, version, predictionId, traceId, latency } = answer;
  const name = version === 0 ? tierOf(tier) : `${tierOf(tier)}, version ${version}`;
  const lines = [
    `score       ${answer.outputs.map((output) => output.toFixed(4)).join(' ')}`,
    `answered by ${name}, in ${formatDuration(latency?.totalMs ?? Number.NaN)}`,
    ...answer.skipped.map(
      ({ tier: skipped, reason }) => `            not by ${tierOf(skipped)}: ${reason}`,
    ),
    ...(answer.because === '' ? [] : [`because     ${answer.because}`]),
    ...(answer.defaultedFeatures.length === 0
      ? []
      : [`defaulted   ${answer.defaultedFeatures.join(', ')}`]),
    `prediction  ${predictionId}   (mlmesh outcome ${predictionId} <value>)`,
    `trace       ${traceId}   (mlmesh trace ${traceId})`,
  ];
  return `${lines.join('\n')}\n`;
}
