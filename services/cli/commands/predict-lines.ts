import { messageOf } from '../../shared/kernel/mesh-error.ts';
import type {
  ClientRequestOf,
  ClientResponseOf,
} from '../../shared/platform/grpc/service-types.ts';
import { exitCodes, UsageError } from '../exit-code.ts';
import { lineChunks } from '../ingest/line-chunks.ts';
import type { MeshSession } from '../mesh-command.ts';
import { openInput } from '../open-input.ts';
import { type ParsedInputs, parseAssignments, type WantedInputs } from '../parse-assignments.ts';
import { tierOf } from '../rpc/wire-names.ts';

type StreamRequest = ClientRequestOf<'mlmesh.router.v1.RouterService', 'predictStream'>;
type StreamAnswer = ClientResponseOf<'mlmesh.router.v1.RouterService', 'predictStream'>;

/** What {@link predictLines} reads, and how. */
export interface PredictLines {
  readonly wanted: WantedInputs;
  /** File of one JSON object a line; `-` is standard input. */
  readonly file: string;
  /** Gives the time of a prediction from its inputs, in ms; 0 means now. */
  readonly atOf: (inputs: ParsedInputs) => number;
}

/**
 * Asks for a prediction for each line over one stream, and writes one JSON object a line as answers come, each with the number of its line. A request that is
 * refused is written with its error, and makes the exit status 1.
 * @throws {UsageError} for a line that is no JSON object, has a key that the model does not take, or a value that is null, a list or an object: what stands
 *   before is asked
 * @throws {MeshError} UNAVAILABLE / PEER_UNAVAILABLE when the stream breaks
 */
export async function predictLines(
  { mesh, context }: MeshSession,
  { wanted, file, atOf }: PredictLines,
): Promise<void> {
  const { bytes } = openInput(file, 'request', context.signal);
  let fault: unknown;
  async function* requests(): AsyncGenerator<StreamRequest> {
    try {
      for await (const { lines, firstLine } of lineChunks(bytes)) {
        for (const [at, text] of lines.entries()) {
          if (text.trim() === '') continue;
          const sequence = firstLine + at;
          const inputs = parseLine(text, sequence, wanted);
          yield { sequence, request: { model: wanted.model, ...inputs, atMs: atOf(inputs) } };
        }
      }
    } catch (error) {
      // What was asked before is still answered.
      fault = error;
    }
  }
  for await (const answer of mesh.router.predictStream(requests(), { signal: context.signal })) {
    if (answer.error) context.setExitCode(exitCodes.failed);
    context.output.out(`${JSON.stringify(toLine(answer))}\n`);
  }
  if (fault !== undefined) throw fault;
}

function parseLine(text: string, line: number, wanted: WantedInputs): ParsedInputs {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`line ${line}: no JSON: ${messageOf(error)}`, { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError(
      `line ${line}: wanted a JSON object with a request, got ${text.slice(0, 40)}`,
    );
  }
  try {
    return parseAssignments(Object.entries(value).map(toAssignment), wanted);
  } catch (error) {
    throw new UsageError(`line ${line}: ${messageOf(error)}`, { cause: error });
  }
}

function toAssignment([key, field]: readonly [string, unknown]): string {
  if (typeof field === 'object') {
    const got = JSON.stringify(field).slice(0, 40);
    throw new UsageError(`${key}: wanted a text, a number or a flag, got ${got}`);
  }
  return `${key}=${String(field)}`;
}

function toLine({ sequence, response, error }: StreamAnswer): object {
  if (!response) return { line: sequence, error };
  const { outputs, tier, version, predictionId, skipped, because } = response;
  return {
    line: sequence,
    outputs,
    tier: tierOf(tier),
    version,
    predictionId,
    ...(skipped.length === 0 ? {} : { skipped: skipped.map(({ reason }) => reason) }),
    ...(because === '' ? {} : { because }),
  };
}
