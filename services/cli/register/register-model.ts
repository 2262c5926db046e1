import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { artifactFileName } from '../../shared/compute/check-signed-model.ts';
import { sessionMemoryBytes } from '../../shared/compute/session-memory.ts';
import type { ModelSignature } from '../../shared/platform/inference/onnx-signature.ts';
import type { MeshConnection } from '../rpc/connect-mesh.ts';
import {
  type RegisteredModel,
  registerArtifact,
  uploadArtifact,
} from '../rpc/register-artifact.ts';
import { inspectModel } from './inspect-model.ts';
import { type ModelFile, readModelFile } from './model-file.ts';
import { type NamedShape, withShapes } from './signature-of.ts';

/** A model file that is to be registered. */
export interface ModelWish {
  readonly model: string;
  /** Path of the file or folder. */
  readonly path: string;
  /** Where it was found; the path itself where it is empty. */
  readonly source: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly shapes: readonly NamedShape[];
  /** SHA-256 of the data that it was trained on; empty where they are unknown. */
  readonly declaredDataHash: string;
  /** 0 where requests are never joined. */
  readonly batchRowsMax: number;
}

/** What came of it. */
export interface ModelRegistration extends RegisteredModel {
  readonly signature: ModelSignature;
  readonly artifactDigest: string;
}

/**
 * Registers a model that nobody here trained. The registry looks at its first bytes before anything opens it.
 * @throws {MeshError} what {@link readModelFile}, {@link inspectModel} and the registry say
 */
export async function registerModel(
  connection: Pick<MeshConnection, 'registry'>,
  wish: ModelWish,
  signal: AbortSignal,
): Promise<ModelRegistration> {
  const { format, artifact, files } = await readModelFile(wish.path);
  const artifactDigest = createHash('sha256').update(artifact).digest('hex');
  const blob = { digest: artifactDigest, bytes: artifact, format };
  await uploadArtifact(connection, blob, signal);
  const signature = withShapes(
    await inspect({ format, artifact, files }, wish, signal),
    wish.shapes,
  );
  const isKnown = wish.declaredDataHash !== '';
  const provenance = {
    artifactDigest,
    artifactBytes: artifact.length,
    artifactFormat: format,
    hyperparametersJson: '{}',
    metrics: { ...wish.metrics },
    signature: {
      inputs: signature.inputs.map(toWire),
      outputs: signature.outputs.map(toWire),
      batchRowsMax: wish.batchRowsMax,
    },
    resources: { memoryBytes: sessionMemoryBytes(format, artifact.length), threads: 1 },
    origin: {
      source: wish.source === '' ? resolve(wish.path) : wish.source,
      path: wish.path,
      files,
      trainingData: isKnown ? 'declared' : 'unknown',
      declaredDataHash: wish.declaredDataHash,
    },
  };
  const registered = await registerArtifact(connection, { model: wish.model, provenance }, signal);
  return { ...registered, signature, artifactDigest };
}

/** The process that opens it reads exactly the bytes that are registered. */
async function inspect(
  { format, artifact }: ModelFile,
  { path: name }: ModelWish,
  signal: AbortSignal,
): Promise<ModelSignature> {
  const folder = await mkdtemp(join(tmpdir(), 'mlmesh-register-'));
  try {
    const path = join(folder, artifactFileName(format));
    await writeFile(path, artifact);
    return await inspectModel({ path, format, name }, signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function toWire({ name, dataType, shape }: ModelSignature['inputs'][number]) {
  return { name, datatype: dataType, shape: [...shape] };
}
