import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { threadId } from 'node:worker_threads';
import { MeshError } from '../../kernel/mesh-error.ts';
import { systemClock } from '../process/system-clock.ts';
import { toWorkerOutcome, type WorkerOutcome } from '../worker/worker-outcome.ts';
import type {
  InferenceReply,
  InferenceRequest,
  InferenceWorkerData,
  InferredRows,
} from './inference-protocol.ts';
import type { LoadedModel, ModelSpec, OpenModel } from './model-spec.ts';
import { nonFiniteRows } from './non-finite-rows.ts';

// Of one row and of a batch: the first run of a shape allocates what later ones find there.
const warmUpRows = [1, 1, 32] as const;

/** Gives the way to open each format, by its name. Called on first need, so that a thread loads one runtime only. */
export type ModelFormats = Readonly<Record<string, () => Promise<OpenModel>>>;

/**
 * Gives the `handle` of an inference worker: it opens the model of its worker data at once, and answers what follows when the
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
      for (const rows of warmUpRows) await model.infer(new Float32Array(rows * spec.columns), rows);
      return { kind: 'warmed' };
    case 'infer':
      return await inferRows(request, model, spec);
  }
}

async function inferRows(
  request: InferenceRequest & { readonly kind: 'infer' },
  model: LoadedModel,
  spec: ModelSpec,
): Promise<InferredRows> {
  const input = new Float32Array(request.input);
  // Before the run: what a runtime does to its input afterwards is its own affair.
  const badInputRows = nonFiniteRows(input, spec.columns);
  const startedAt = systemClock.monotonic();
  const outputs = await model.infer(input, request.rows);
  const endedAt = systemClock.monotonic();
  const badOutputRows = nonFiniteRows(outputs, spec.outputs).filter(
    (row) => !badInputRows.includes(row),
  );
  const { backend } = model;
  return {
    kind: 'inferred',
    rows: request.rows,
    outputs,
    backend,
    threadId,
    startedAt,
    endedAt,
    badInputRows,
    badOutputRows,
  };
}
