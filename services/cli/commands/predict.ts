import type { Command } from 'commander';
import type { Clock } from '../../shared/kernel/clock.ts';
import { messageOf } from '../../shared/kernel/mesh-error.ts';
import type { TraceContext } from '../../shared/kernel/trace-context.ts';
import type { ClientResponseOf } from '../../shared/platform/grpc/service-types.ts';
import type { CommandContext } from '../command-context.ts';
import { UsageError } from '../exit-code.ts';
import type { FoundMesh } from '../find-mesh.ts';
import { formatDuration } from '../format.ts';
import { type MeshOptions, newMeshCommand, withMesh } from '../mesh-command.ts';
import {
  type InputValue,
  type ParsedInputs,
  parseAssignments,
  parseTime,
} from '../parse-assignments.ts';
import { callerTelemetry } from '../rpc/caller-telemetry.ts';
import { wantedInputs } from '../rpc/wanted-inputs.ts';
import { tierOf } from '../rpc/wire-names.ts';
import { predictLines } from './predict-lines.ts';

interface PredictOptions extends MeshOptions {
  readonly at?: string;
  readonly lines?: string;
}

type Answer = ClientResponseOf<'mlmesh.router.v1.RouterService', 'predict'>;

/** Gives the command `predict`: one prediction. */
export function predictCommand(context: CommandContext): Command {
  return newMeshCommand('predict <model> [key=value...]', {
    summary:
      'ask for one prediction, entity keys and request features as key=value; or for one a line of a file',
    examples: [
      'predict flight-delay origin=ORD destination=LAX date=2001-06-15T18:00Z distance=1745',
      'predict flight-delay --lines flights.ndjson > answers.ndjson',
    ],
  })
    .option(
      '--at <time>',
      'time of the prediction, where a replay owns the clock (default: the time among the request features)',
    )
    .option(
      '--lines <file>',
      'a prediction for each line of a file, or of standard input for -: a JSON object with the same keys; answers are JSON lines',
    )
    .action((model: string, texts: string[], options: PredictOptions) =>
      withMesh(options, context, async (session) => {
        const { mesh, found } = session;
        const { signal } = context;
        const wanted = await wantedInputs(mesh, model, signal);
        if (options.lines !== undefined) {
          if (texts.length > 0) throw new UsageError('wanted key=value texts or --lines, got both');
          const atOf = ({ requestFeatures }: ParsedInputs) =>
            found.record.hasVirtualClock
              ? virtualTime(options.at, Object.values(requestFeatures))
              : timeOf(options.at);
          await predictLines(session, { wanted, file: options.lines, atOf });
          return undefined;
        }
        const inputs = parseAssignments(texts, wanted);
        const atMs = found.record.hasVirtualClock
          ? virtualTime(options.at, Object.values(inputs.requestFeatures))
          : timeOf(options.at);
        const answer = await traced(found, context.clock, (trace) =>
          mesh.router.predict({ model, ...inputs, atMs }, { signal, trace }),
        );
        return { json: { ...answer, tier: tierOf(answer.tier) }, text: renderAnswer(answer) };
      }),
    );
}

const exportMsMax = 1_000;

/** Whoever asks by hand may want to see where the time went: each of these calls is traced, from a span of this process on. */
async function traced(
  { addresses, tls }: FoundMesh,
  clock: Clock,
  ask: (trace: TraceContext) => Promise<Answer>,
): Promise<Answer> {
  const telemetry = await callerTelemetry(addresses.monitor[0], tls?.client);
  const { ids, spans, spanClock } = telemetry;
  const root = { traceId: ids.newTraceId(), spanId: ids.newSpanId() };
  const startedAt = clock.monotonic();
  let failure: string | undefined;
  try {
    return await ask({ ...root, isSampled: true });
  } catch (error) {
    failure = messageOf(error);
    throw error;
  } finally {
    spans.record({
      ...root,
      name: 'mlmesh predict',
      kind: 'client',
      startEpochMs: spanClock.epochOf(startedAt),
      endEpochMs: spanClock.epochOf(clock.monotonic()),
      error: failure,
    });
    await telemetry.stop(exportMsMax);
  }
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
