import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { MeshModel } from '../../shared/definition/mesh.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { diskFull, isDiskFull } from '../../shared/platform/store/store-error.ts';
import type { CommandContext } from '../command-context.ts';
import { UsageError } from '../exit-code.ts';
import type { FoundMesh } from '../find-mesh.ts';
import { formatCount, formatTime } from '../format.ts';
import {
  type CommandResult,
  type MeshOptions,
  type MeshSession,
  newMeshCommand,
  withMesh,
} from '../mesh-command.ts';
import { parseDurationOption, parseTime } from '../parse-assignments.ts';
import { type SetModeWord, setModes, writeTrainingSet } from '../rpc/training-set-stream.ts';
import { runningDefinition } from '../running-definition.ts';
import { showStep } from '../up/step-progress.ts';

interface TrainingSetOptions extends MeshOptions {
  readonly out: string;
  readonly mode: SetModeWord;
  readonly from?: string;
  readonly to?: string;
  readonly rowsMax?: number;
  readonly seed?: number;
  readonly answersWithin?: string;
}

/** Gives the command `features training-set`: writes a point-in-time training set as Parquet files with a manifest. */
export function trainingSetCommand(context: CommandContext): Command {
  return newMeshCommand('training-set <model>', {
    summary:
      "write a point-in-time training set of a model's pipeline: Parquet files and a manifest",
    examples: [
      'features training-set flight-delay --out sets/spring',
      'features training-set flight-delay --mode as-logged --answers-within 10min --out sets/logged',
      'features training-set flight-delay --out sets/may --from 2001-05-01 --to 2001-06-01 --rows-max 50000',
    ],
  })
    .requiredOption('--out <folder>', 'folder to make; it must not be there')
    .addOption(
      new Option('--mode <mode>', 'what the features may know')
        .choices(Object.keys(setModes))
        .default('as-served'),
    )
    .option('--from <time>', 'first time of an example (default: that of the pipeline)')
    .option('--to <time>', 'end of the interval, not included (default: that of the pipeline)')
    .option(
      '--rows-max <n>',
      'examples at most, 0 for all (default: those of the pipeline)',
      parseWhole,
    )
    .option(
      '--answers-within <duration>',
      'as logged: an answer may be so much older than its example, such as 10min (default: not at all)',
    )
    .option('--seed <n>', 'seed of the choice (default: that of the pipeline)', parseWhole)
    .action((model: string, options: TrainingSetOptions) =>
      withMesh(options, context, (session) => build(session, model, options)),
    );
}

async function build(
  session: MeshSession,
  model: string,
  options: TrainingSetOptions,
): Promise<CommandResult> {
  const { context, found } = session;
  const out = resolve(options.out);
  if (existsSync(out)) throw new UsageError(`wanted a folder that is not there, got --out ${out}`);
  if (options.answersWithin !== undefined && options.mode !== 'as-logged') {
    throw new UsageError(
      `wanted --mode as-logged for --answers-within, got --mode ${options.mode}`,
    );
  }
  const { pipeline } = await modelOf(found, model);
  const request = {
    model,
    fromMs: options.from === undefined ? pipeline.train.fromMs : parseTime('--from', options.from),
    untilMs: options.to === undefined ? pipeline.train.untilMs : parseTime('--to', options.to),
    rowsMax: options.rowsMax ?? pipeline.trainRowsMax,
    seed: options.seed ?? pipeline.seed,
    mode: options.mode,
    answerAgeMaxMs: parseDurationOption('--answers-within', options.answersWithin ?? '0ms'),
  };
  const made: Awaited<ReturnType<typeof writeTrainingSet>>[] = [];
  await showStep(`training set`, context, async (report) => {
    const manifest = await writeTrainingSet(session.mesh, request, {
      onProgress: (share, stage) => report(share, stage),
      signal: context.signal,
    });
    made.push(manifest);
    return `${formatCount(manifest.rows)} rows`;
  });
  const [manifest] = made;
  if (manifest === undefined) throw new Error('a step that succeeds gives its manifest');
  copyWhole(manifest.folder, out);
  const { rows, dataHash, logOffset, withoutAnswer } = manifest;
  const interval = `${formatTime(request.fromMs)} to ${formatTime(request.untilMs)} UTC`;
  const lines = [
    `${formatCount(rows)} rows of ${interval}, ${options.mode}, log offset ${logOffset}`,
    ...(options.mode === 'as-logged'
      ? [`${formatCount(withoutAnswer)} examples had no answer and are left out`]
      : []),
    `data hash ${dataHash}`,
    `in ${out}: ${readdirSync(out).join(', ')}`,
  ];
  return { json: { ...manifest, folder: out }, text: `${lines.join('\n')}\n` };
}

async function modelOf(found: FoundMesh, name: string): Promise<MeshModel> {
  const { models } = await runningDefinition(found);
  const model = models[name];
  if (model !== undefined) return model;
  throw new MeshError({
    code: 'NOT_FOUND',
    reason: 'MODEL_UNKNOWN',
    message: `wanted a model of this mesh (${Object.keys(models).join(', ')}), got '${name}'`,
  });
}

/** Copies a folder; it is there as a whole or not at all. */
function copyWhole(from: string, to: string): void {
  const unfinished = join(dirname(to), `.${process.pid}.unfinished`);
  try {
    mkdirSync(dirname(to), { recursive: true });
    cpSync(from, unfinished, { recursive: true });
    renameSync(unfinished, to);
  } catch (error) {
    throw isDiskFull(error) ? diskFull(to, error) : error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function parseWhole(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 4_294_967_295) return value;
  throw new InvalidArgumentError('Wanted a whole number of 0 to 4294967295.');
}
