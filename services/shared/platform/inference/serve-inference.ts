import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { threadId } from 'node:worker_threads';
import { MeshError } from '../../kernel/mesh-error.ts';
import { toWorkerOutcome, type WorkerOutcome } from '../worker/worker-outcome.ts';
import type { InferenceReply, InferenceRequest, InferenceWorkerData } from './inference-protocol.ts';
import type { LoadedModel, ModelSpec, OpenModel } from './model-spec.ts';
import { nonFiniteRows } from './non-finite-rows.ts';

// One row warms the code, a full one the memory of the largest call.
const warmUpRows = [1, 1, 32] as const;

/** Gives the way to open each format, by its name. Called on first need, so that a thread loads one runtime only. */
export type ModelFormats = Readonly<Record<string, () => Promise<OpenModel>>>;

/**
 * Gives the `handle` of an inference worker: it opens the model of its worker data at once, and answers what follows when the
 * model is open and has run. Errors come back as data.
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
  const model = await (await format())(bytes, spec);
  for (const rows of warmUpRows) await model.infer(new Float32Array(rows * spec.columns), rows);
  return model;
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
    case 'warm':
      return { kind: 'warmed', backend: model.backend, threadId };
    case 'infer': {
      const input = new Float32Array(request.input);
      const startMs = epochNow();
      const outputs = await model.infer(input, request.rows);
      const endMs = epochNow();
      const badInputRows = nonFiniteRows(input, spec.columns);
      const badOutputRows = nonFiniteRows(outputs, spec.outputs).filter(
        (row) => !badInputRows.includes(row),
      );
      const { backend } = model;
      return {
        kind: 'inferred',
        outputs,
        backend,
        threadId,
        startMs,
        endMs,
        badInputRows,
        badOutputRows,
      };
    }
  }
}

function epochNow(): number {
  return performance.timeOrigin + performance.now();
}
