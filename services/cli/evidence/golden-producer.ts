import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import { downloadBlob } from '../../shared/platform/grpc/download-blob.ts';
import type { CheckSubject, ModelProducer } from './check-subject.ts';
import { judgeGolden, parseGolden } from './judge-golden.ts';
import { brokenOf, nameOf } from './provenance-producer.ts';

const inferMs = durationMs(10_000);

/** Sends the golden requests of a version to where it is loaded. */
export const goldenProducer: ModelProducer = {
  needs: 'model',
  kinds: ['golden-requests'],
  doing: 'replaying golden requests',
  async run(subject) {
    const { goldenRequestsDigest, artifactDigest } = subject.provenance;
    const rest = {
      kind: 'golden-requests',
      inputDigests: { golden_requests: goldenRequestsDigest, artifact: artifactDigest },
      baselineVersion: 0,
    };
    await assertLoaded(subject);
    try {
      const { connection, signal } = subject;
      const bytes = await downloadBlob(connection, goldenRequestsDigest, signal);
      const golden = parseGolden(bytes);
      const { verdict, figures, statement } = judgeGolden(
        golden,
        await infer(subject, golden.features),
      );
      return [{ ...rest, verdict, figures, statement }];
    } catch (error) {
      return [{ ...rest, ...brokenOf(error) }];
    }
  },
};

/**
 * Gives the runtime's outputs for some rows.
 * @throws {MeshError} DATA_LOSS / ARTIFACT_CORRUPT when the model does not run them
 */
async function infer(
  { connection, model, version, provenance, signal }: CheckSubject,
  rows: readonly Float32Array[],
): Promise<Float32Array> {
  const bytes = Buffer.concat(
    rows.map((row) => Buffer.from(row.buffer, row.byteOffset, row.byteLength)),
  );
  const batch = {
    batchId: 1,
    model: model.name,
    version,
    rows: rows.length,
    features: bytes,
    featureSetHash: provenance.signature?.featureSetHash ?? '',
    budgetMs: inferMs,
    priority: 'PRIORITY_SHADOW' as const,
  };
  async function* frames() {
    yield await Promise.resolve({ batches: [batch] });
  }
  const options = { signal, timeoutMs: inferMs };
  for await (const { batches } of connection.prediction.infer(frames(), options)) {
    for (const { rows: answered, error } of batches) {
      if (answered) return new Float32Array(Uint8Array.from(answered.outputs).buffer);
      if (error) throw notRun(error.message);
    }
  }
  throw notRun('the stream ended without an answer');
}

function notRun(why: string): MeshError {
  return new MeshError({
    code: 'DATA_LOSS',
    reason: 'ARTIFACT_CORRUPT',
    message: `wanted outputs for the golden requests, got an error: ${why}`,
  });
}

async function assertLoaded(subject: CheckSubject): Promise<void> {
  const { connection, model, version, signal } = subject;
  const { servables } = await connection.prediction.modelStatus({ model: model.name }, { signal });
  const servable = servables.find((hosted) => hosted.version === version);
  if (servable?.state === 'SERVABLE_STATE_READY') return;
  const why = servable?.error ? `: ${servable.error}` : '';
  throw new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'MODEL_NOT_READY',
    message: `${nameOf(subject)} is not loaded${why}; make it the shadow first: \`mlmesh models promote ${model.name}@${version} --alias shadow --reason "..."\``,
  });
}
