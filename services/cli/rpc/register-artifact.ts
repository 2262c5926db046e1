import type { Provenance } from '../../gen/mlmesh/registry/v1/Provenance.ts';
import type { UploadRequest } from '../../gen/mlmesh/registry/v1/UploadRequest.ts';
import type { ArtifactFormat } from '../../shared/compute/artifact-format.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { MeshConnection } from './connect-mesh.ts';

/** A version that was registered. */
export interface RegisteredModel {
  readonly model: string;
  readonly version: number;
  /** Whether the same was registered before. */
  readonly isKnown: boolean;
}

/** An artifact to upload. */
export interface ArtifactBlob {
  /** SHA-256, 64 hexadecimal digits. */
  readonly digest: string;
  readonly bytes: Uint8Array;
  readonly format: ArtifactFormat;
}

// 1 MiB: the contract's limit of one message.
const chunkBytesMax = 1024 * 1024;
// 60 s: 2 GB over loopback and to disk.
const uploadMsMax = durationMs(60_000);

type RegistryOf = Pick<MeshConnection, 'registry'>;

/** Uploads an artifact, from where an earlier upload broke off. @throws {MeshError} what the registry says */
export async function uploadArtifact(
  { registry }: RegistryOf,
  { digest, bytes, format }: ArtifactBlob,
  signal: AbortSignal,
): Promise<void> {
  const known = await registry.getUpload({ digest }, { signal });
  if (known.isComplete) return;
  const fromByte = known.receivedBytes;
  async function* messages(): AsyncGenerator<UploadRequest> {
    yield await Promise.resolve({ header: { digest, bytes: bytes.length, fromByte, format } });
    for (let first = fromByte; first < bytes.length; first += chunkBytesMax) {
      yield { chunk: bytes.subarray(first, first + chunkBytesMax) };
    }
  }
  await registry.upload(messages(), { signal, timeoutMs: uploadMsMax });
}

/** Registers a version whose artifact was uploaded. @throws {MeshError} what the registry says */
export async function registerArtifact(
  { registry }: RegistryOf,
  { model, provenance }: { readonly model: string; readonly provenance: Provenance },
  signal: AbortSignal,
): Promise<RegisteredModel> {
  async function* messages() {
    yield await Promise.resolve({ header: { model, provenance } });
  }
  const options = { signal, timeoutMs: uploadMsMax };
  const { version, isKnown } = await registry.registerVersion(messages(), options);
  if (version !== null) return { model: version.model, version: version.version, isKnown };
  throw new MeshError({
    code: 'DATA_LOSS',
    reason: 'INTERNAL',
    message: `wanted the version of model '${model}' that was registered, got none; \`mlmesh models list ${model}\` shows what is there`,
  });
}
