import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDataType } from '../../shared/compute/tensor/data-type.ts';
import type { TensorSpec } from '../../shared/compute/tensor/tensor.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { downloadBlob } from '../../shared/platform/grpc/download-blob.ts';
import type { InferenceWorkerData } from '../../shared/platform/inference/inference-protocol.ts';
import type { ModelSpec } from '../../shared/platform/inference/model-spec.ts';
import type { WeighedModel, WeighRequest } from '../../shared/platform/inference/weigh-model.ts';
import { runInProcess } from '../../shared/platform/worker/run-in-process.ts';
import type { RecordProducer, RecordSubject } from './check-subject.ts';
import { judgeResources } from './judge-resources.ts';
import { brokenOf } from './provenance-producer.ts';

/** 2,000: of small models, what callers send in 40 s at 50 requests/s; a large one is weighed by fewer. */
const request: WeighRequest = { callsMin: 2_000, forMsMin: 100, forMsMax: 2_000 };
/** A model of some GB is read and opened in half a minute. */
const weighMsMax = 120_000;

/** Runs a version in a process of its own, as the prediction service would, and weighs that process. */
export const resourcesProducer: RecordProducer = {
  needs: 'record',
  kinds: ['resources'],
  doing: 'weighing it',
  async run(subject) {
    const { resources, artifactDigest } = subject.provenance;
    const rest = {
      kind: 'resources',
      inputDigests: { artifact: artifactDigest },
      baselineVersion: 0,
    };
    const declared = {
      memoryBytes: resources?.memoryBytes ?? 0,
      threads: resources?.threads ?? 1,
    };
    try {
      return [{ ...rest, ...judgeResources(await weigh(subject), declared) }];
    } catch (error) {
      return [{ ...rest, ...notWeighed(error) }];
    }
  },
};

/** What does not run here may run where it is served, which proves nothing; what is broken is broken there as well. */
function notWeighed(error: unknown): ReturnType<typeof brokenOf> {
  if (error instanceof MeshError && isOfThisPlace(error)) {
    const statement = error.message.slice(0, 1_000);
    return { verdict: 'inconclusive', figures: {}, statement };
  }
  return brokenOf(error);
}

function isOfThisPlace({ reason }: MeshError): boolean {
  return ['ARTIFACT_UNSUPPORTED', 'WORKER_STUCK', 'INFERENCE_FAILED'].includes(reason);
}

async function weigh(subject: RecordSubject): Promise<WeighedModel> {
  const { connection, signal, clock, provenance } = subject;
  const spec = specOf(subject);
  const folder = await mkdtemp(join(tmpdir(), 'mlmesh-weigh-'));
  try {
    const path = join(folder, 'artifact');
    await writeFile(path, await downloadBlob(connection, provenance.artifactDigest, signal));
    const workerData: InferenceWorkerData = {
      spec,
      artifact: { kind: 'file', path },
      provider: 'cpu',
    };
    return await runInProcess<WeighRequest, WeighedModel>(
      {
        name: `weighing ${spec.name}`,
        file: new URL('../../prediction/worker/weigh.js', import.meta.url),
        workerData,
        stuckMsMax: weighMsMax,
        clock,
      },
      request,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function specOf({ registered, provenance }: RecordSubject): ModelSpec {
  const { signature, artifactFormat, artifactDigest } = provenance;
  const isRows = (signature?.featureSetHash ?? '') !== '';
  return {
    name: `${registered.model}/${registered.version}`,
    digest: artifactDigest,
    format: artifactFormat,
    inputs: (signature?.inputs ?? []).flatMap(tensorOf),
    outputs: (signature?.outputs ?? []).flatMap(tensorOf),
    isBatched: isRows || (signature?.batchRowsMax ?? 0) > 0,
    isFiniteOnly: isRows,
  };
}

interface WireTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
}

function tensorOf({ name, datatype, shape }: WireTensor): readonly TensorSpec[] {
  return isDataType(datatype) ? [{ name, dataType: datatype, shape: [...shape] }] : [];
}
