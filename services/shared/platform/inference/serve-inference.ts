import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { threadId } from 'node:worker_threads';
import { floatsOf } from '../../compute/tensor/float-matrix.ts';
import type { Tensor } from '../../compute/tensor/tensor.ts';
import { MeshError } from '../../kernel/mesh-error.ts';
import { clockOriginMs, systemClock } from '../process/system-clock.ts';
import { toWorkerOutcome, type WorkerOutcome } from '../worker/worker-outcome.ts';
import type {
  InferenceReply,
  InferenceRequest,
  InferenceWorkerData,
  InferredRows,
} from './inference-protocol.ts';
import type { LoadedModel, ModelSpec, OpenModel } from './model-spec.ts';
import { nonFiniteRows } from './non-finite-rows.ts';
import { warmUp } from './warm-up.ts';

/** Gives the way to open each format, by its name. Called on first need, so that a thread loads one runtime only. */
export type ModelFormats = Readonly<Record<string, () => Promise<OpenModel>>>;

/**
 * Gives what answers the requests of an inference worker: it opens the model of its worker data at once, and answers what follows when the
 * model is open. Errors come back as data.
 */
export function serveInference(
  data: InferenceWorkerData,
  formats: ModelFormats,
): (request: InferenceRequest) => Promise<WorkerOutcome<InferenceReply>> {
  const opening = openModel(data, formats);
  // Every request awaits it and reports its error; this one only says that somebody will.
  opening.catch(() => undefined);
  return async (request) =>
    await toWorkerOutcome(
      async () => await answer(request, await opening, data.spec),
      'INFERENCE_FAILED',
    );
}

async function openModel(data: InferenceWorkerData, formats: ModelFormats): Promise<LoadedModel> {
  const { spec } = data;
  const format = formats[spec.format];
  if (format === undefined) {
    throw new MeshError({
      code: 'FAILED_PRECONDITION',
      reason: 'ARTIFACT_UNSUPPORTED',
      message: `wanted an artifact of ${Object.keys(formats).join(' or ')} for ${spec.name}, got '${spec.format}'`,
    });
  }
  const bytes =
    data.artifact.kind === 'file' ? await readFile(data.artifact.path) : data.artifact.bytes;
  assertDigest(bytes, spec);
  return await (await format())(bytes, spec);
}

function assertDigest(bytes: Uint8Array, spec: ModelSpec): void {
  const digest = createHash('sha256').update(bytes).digest('hex');
  if (digest === spec.digest) return;
  throw new MeshError({
    code: 'DATA_LOSS',
    reason: 'ARTIFACT_CORRUPT',
    message: `the artifact of ${spec.name} has the SHA-256 ${digest}, wanted ${spec.digest}; fetch it again`,
  });
}

async function answer(
  request: InferenceRequest,
  model: LoadedModel,
  spec: ModelSpec,
): Promise<InferenceReply> {
  switch (request.kind) {
    case 'open':
      return { kind: 'opened', backend: model.backend };
    case 'warm':
      await warmUp(model, spec);
      return { kind: 'warmed' };
    case 'release':
      await model.release();
      return { kind: 'released' };
    case 'infer':
      return await inferRows(request, model, spec);
  }
}

async function inferRows(
  { rows, inputs }: InferenceRequest & { readonly kind: 'infer' },
  model: LoadedModel,
  spec: ModelSpec,
): Promise<InferredRows> {
  // Before the run: what a runtime does to its input afterwards is its own affair.
  const { isFiniteOnly } = spec;
  const badInputRows = isFiniteOnly ? badRows(inputs, rows) : [];
  const startedAt = systemClock.monotonic();
  const outputs = await model.run(inputs);
  const endedAt = systemClock.monotonic();
  assertOutputs(spec, outputs, rows);
  const badOutputRows = isFiniteOnly
    ? badRows(outputs, rows).filter((row) => !badInputRows.includes(row))
    : [];
  const { backend } = model;
  return {
    kind: 'inferred',
    rows,
    outputs,
    backend,
    threadId,
    clockOriginMs,
    startedAt,
    endedAt,
    badInputRows,
    badOutputRows,
  };
}

function assertOutputs(
  { name, outputs, isBatched }: ModelSpec,
  given: readonly Tensor[],
  rows: number,
): void {
  for (const [at, wanted] of outputs.entries()) {
    const { dataType, shape } = given[at] ?? { dataType: 'none', shape: [] };
    const closed = isBatched ? [rows, ...wanted.shape.slice(1)] : wanted.shape;
    const isFitting =
      dataType === wanted.dataType &&
      (wanted.shape.length === 0 ||
        (shape.length === closed.length &&
          closed.every((size, axis) => size === -1 || size === shape[axis])));
    if (isFitting) continue;
    throw new MeshError({
      code: 'INTERNAL',
      reason: 'TENSOR_SHAPE',
      message: `wanted ${wanted.dataType} [${closed.join(', ')}] as ${wanted.name} from ${name}, got ${dataType} [${shape.join(', ')}]; its signature is wrong`,
    });
  }
}

function badRows(tensors: readonly Tensor[], rows: number): readonly number[] {
  const [first, ...others] = tensors
    .filter(({ dataType }) => dataType === 'FP32')
    .map((tensor) => {
      const values = floatsOf(tensor);
      return nonFiniteRows(values, values.length / rows);
    });
  if (others.length === 0) return first ?? [];
  return [...new Set([first ?? [], ...others].flat())].sort((left, right) => left - right);
}
