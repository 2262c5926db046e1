import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import { floatMatrix, floatsOf } from '../../shared/compute/tensor/float-matrix.ts';
import { MeshError, messageOf } from '../../shared/kernel/mesh-error.ts';
import { type LoadedModel, matrixModel } from '../../shared/platform/inference/model-spec.ts';
import { openOnnxModel } from '../../shared/platform/inference/onnx-model.ts';
import { runCommand } from '../../shared/platform/process/run-command.ts';
import type { ExternalInput, ExternalModel, ExternalTrainer, OnStepProgress } from '../ports.ts';
import { commandEnvironment } from './command-environment.ts';
import { rowColumns, writeParquetRows } from './parquet-rows.ts';
import { copyTrainerFiles } from './trainer-files.ts';

/** What lies where in the folder of a command. */
const places = {
  files: 'trainer',
  data: 'data.parquet',
  spec: 'spec.json',
  artifact: 'model.onnx',
  metrics: 'metrics.json',
  log: 'trainer.log',
} as const;

// 1 GiB: far above what answers in 50 ms.
const artifactBytesMax = 1024 ** 3;
// 1 MiB: metrics are some dozen figures.
const metricsBytesMax = 1024 * 1024;
// 8,192: a few MB of input at a time.
const predictRowsMax = 8_192;

/**
 * Has a command of the author train a model: in a folder of its own it finds the trainer's files, data.parquet and spec.json, and leaves
 * model.onnx and metrics.json there. What it leaves is opened by the runtime that will serve it; figures are measured with that, and
 * those of metrics.json are kept beside them.
 */
export class CommandTrainer implements ExternalTrainer {
  /**
   * Runs the command and gives the model that it made.
   * @throws {MeshError} FAILED_PRECONDITION / TRAINING_FAILED saying what the command did not do as wanted
   */
  async train(
    input: ExternalInput,
    onProgress: OnStepProgress,
    signal: AbortSignal,
  ): Promise<ExternalModel> {
    const { candidate } = input;
    const { command, timeoutMs } = candidate;
    const folder = await mkdtemp(join(tmpdir(), 'mlmesh-trainer-'));
    const say = (detail: string): void => onProgress({ done: 0, total: 0, detail });
    try {
      say('write data.parquet');
      const files = await copyTrainerFiles(
        fileURLToPath(candidate.files),
        join(folder, places.files),
      );
      await writeParquetRows(join(folder, places.data), input.features, [
        { split: 'train', rows: input.learning },
        { split: 'validate', rows: input.holdout },
      ]);
      await writeFile(join(folder, places.spec), specOf(input));
      const environment = await commandEnvironment(command, files, signal);
      say(command.join(' '));
      const logPath = join(folder, places.log);
      await runCommand({ command, folder, logPath, timeoutMs }, signal);
      const reported = await readMetrics(join(folder, places.metrics), input);
      const artifact = await readBounded(join(folder, places.artifact), artifactBytesMax, input);
      const model = await openModel(artifact, input);
      const predict = (features: Float32Array, rows: number) => predictAll(model, features, rows);
      return { artifact, environment, reported, predict };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

/** The contract with the command, as it reads it. */
function specOf({ model, candidate, seed, features }: ExternalInput): string {
  const spec = {
    format: 'mlmesh-spec-1',
    model,
    seed,
    parameters: candidate.parameters,
    data: places.data,
    columns: rowColumns,
    features,
    input: { name: 'features', datatype: 'FP32', shape: [-1, features.length] },
    output: { name: 'probability', datatype: 'FP32', shape: [-1, 1] },
    artifact: places.artifact,
    metrics: places.metrics,
  };
  return `${canonicalJson(spec)}\n`;
}

async function readMetrics(
  path: string,
  input: ExternalInput,
): Promise<Readonly<Record<string, number>>> {
  const text = (await readBounded(path, metricsBytesMax, input)).toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw failed(input, `metrics.json as JSON: ${messageOf(cause)}`, cause);
  }
  const entries: [string, unknown][] =
    typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const bad = entries.find(([, figure]) => typeof figure !== 'number' || !Number.isFinite(figure));
  if (entries.length === 0 || Array.isArray(value) || bad !== undefined) {
    const what = bad === undefined ? text.slice(0, 100) : `${bad[0]}: ${JSON.stringify(bad[1])}`;
    throw failed(input, `an object of finite numbers by name in metrics.json, got ${what}`);
  }
  return Object.fromEntries(entries.map(([name, figure]) => [name, Number(figure)]));
}

async function readBounded(
  path: string,
  bytesMax: number,
  input: ExternalInput,
): Promise<Buffer<ArrayBuffer>> {
  const found = await stat(path).catch((cause: unknown) => {
    throw failed(
      input,
      `it to leave ${path.slice(path.lastIndexOf('/') + 1)}, and it did not`,
      cause,
    );
  });
  if (found.size > bytesMax) {
    throw failed(input, `at most ${bytesMax} bytes in ${path}, got ${found.size}`);
  }
  return await readFile(path);
}

async function openModel(artifact: Uint8Array, input: ExternalInput): Promise<LoadedModel> {
  const spec = {
    name: `model.onnx of '${input.model}'`,
    digest: createHash('sha256').update(artifact).digest('hex'),
    format: 'onnx',
    inputName: 'features',
    columns: input.features.length,
    outputName: 'probability',
    outputs: 1,
  };
  try {
    const model = await openOnnxModel(artifact, matrixModel(spec));
    // One row shows what names and shapes in the file can't: that it runs, and what it gives.
    await probabilities(model, input.holdout.features.slice(0, spec.columns), 1);
    return model;
  } catch (error) {
    const cause = error instanceof MeshError && error.cause !== undefined ? error.cause : error;
    throw failed(
      input,
      `a model.onnx that takes 'features' [-1, ${spec.columns}] and gives 'probability' [-1, 1], both float32: ${messageOf(error)}: ${messageOf(cause)}`,
      error,
    );
  }
}

async function predictAll(
  model: LoadedModel,
  features: Float32Array,
  rows: number,
): Promise<Float32Array> {
  const columns = features.length / rows;
  const outputs = new Float32Array(rows);
  for (let from = 0; from < rows; from += predictRowsMax) {
    const count = Math.min(predictRowsMax, rows - from);
    const part = features.slice(from * columns, (from + count) * columns);
    outputs.set(await probabilities(model, part, count), from);
  }
  return outputs;
}

async function probabilities(
  model: LoadedModel,
  features: Float32Array,
  rows: number,
): Promise<Float32Array> {
  const [output] = await model.run([floatMatrix(features, rows)]);
  const values = output?.dataType === 'FP32' ? floatsOf(output) : new Float32Array();
  if (values.length === rows) return values;
  throw new MeshError({
    code: 'INTERNAL',
    reason: 'TENSOR_SHAPE',
    message: `wanted FP32 [${rows}, 1], got ${output?.dataType ?? 'nothing'} [${output?.shape.join(', ') ?? ''}]`,
  });
}

function failed({ candidate }: ExternalInput, wanted: string, cause?: unknown): MeshError {
  return new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'TRAINING_FAILED',
    message: `the command of candidate '${candidate.alias}' (${candidate.command.join(' ')}): wanted ${wanted}`,
    cause,
  });
}
