import { createHash } from 'node:crypto';
import type { RegisterVersionRequest } from '../../gen/mlmesh/registry/v1/RegisterVersionRequest.ts';
import type { UploadRequest } from '../../gen/mlmesh/registry/v1/UploadRequest.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { type DurationMs, durationMs } from '../../shared/kernel/units.ts';
import type { ServiceClient } from '../../shared/platform/grpc/client.ts';
import type {
  AliasMove,
  AliasState,
  RecordedProvenance,
  Registry,
  TrainedVersion,
  VersionReader,
} from '../ports.ts';

// 1 MiB: the contract's limit of one message.
const chunkBytesMax = 1024 * 1024;
// 60 s: 2 GB over loopback and to disk.
const registerMsMax = durationMs(60_000);
const callMsMax = durationMs(10_000);

interface CallOptions {
  readonly timeoutMs: DurationMs;
  readonly signal: AbortSignal;
}

/** Registers versions, moves aliases, and reads what was registered at the registry service. */
export class GrpcRegistry implements Registry, VersionReader {
  readonly #registry: ServiceClient<'mlmesh.registry.v1.RegistryService'>;

  constructor(registry: ServiceClient<'mlmesh.registry.v1.RegistryService'>) {
    this.#registry = registry;
  }

  /** Gives the aliases of a model; none when the registry does not know it. @throws {MeshError} what the registry says. */
  async aliases(model: string, signal: AbortSignal): Promise<readonly AliasState[]> {
    const options = { timeoutMs: callMsMax, signal };
    try {
      const { aliases } = await this.#registry.listVersions({ model }, options);
      return aliases.map(({ alias, version, generation }) => ({ alias, version, generation }));
    } catch (error) {
      if (error instanceof MeshError && error.reason === 'MODEL_UNKNOWN') return [];
      throw error;
    }
  }

  /** Sends the blobs, then provenance and artifact, and gives the number of the version. @throws {MeshError} what the registry says. */
  async register(version: TrainedVersion, signal: AbortSignal): Promise<number> {
    const options = { timeoutMs: registerMsMax, signal };
    for (const bytes of version.attachments) await this.#upload(bytes, options);
    const registered = await this.#registry.registerVersion(registration(version), options);
    return registered.version?.version ?? 0;
  }

  /** Gives what is recorded of a version. @throws {MeshError} what the registry says; DATA_LOSS / TRAINING_FAILED when it says nothing */
  async provenance(
    model: string,
    version: number,
    signal: AbortSignal,
  ): Promise<RecordedProvenance> {
    const options = { timeoutMs: callMsMax, signal };
    const found = await this.#registry.getVersion({ model, version }, options);
    const provenance = found.version?.provenance;
    if (!provenance?.environment) {
      throw dataLoss(`wanted the provenance of version ${version} of '${model}', got none`);
    }
    return { ...provenance, environment: provenance.environment };
  }

  /** Gives a blob by its digest, verified. @throws {MeshError} what the registry says; DATA_LOSS / TRAINING_FAILED when its bytes are others */
  async blob(digest: string, signal: AbortSignal): Promise<Uint8Array> {
    const options = { timeoutMs: registerMsMax, signal };
    const chunks: Uint8Array[] = [];
    const stream = this.#registry.download({ artifactDigest: digest }, options);
    for await (const { chunk } of stream) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const found = createHash('sha256').update(bytes).digest('hex');
    if (found === digest) return bytes;
    throw dataLoss(`wanted the blob ${digest}, got one of digest ${found}`);
  }

  async #upload(bytes: Uint8Array, options: CallOptions): Promise<void> {
    const digest = createHash('sha256').update(bytes).digest('hex');
    const known = await this.#registry.getUpload({ digest }, options);
    if (known.isComplete) return;
    await this.#registry.upload(uploadOf(digest, bytes, known.receivedBytes), options);
  }

  /** Moves one alias. @throws {MeshError} ABORTED / ALIAS_MOVED and what else the registry says. */
  async move(move: AliasMove, signal: AbortSignal): Promise<void> {
    await this.#registry.promote(move, { timeoutMs: callMsMax, signal });
  }
}

async function* uploadOf(
  digest: string,
  bytes: Uint8Array,
  fromByte: number,
): AsyncGenerator<UploadRequest> {
  yield { header: { digest, bytes: bytes.length, fromByte, format: 'json' } };
  yield* chunksOf(bytes.subarray(fromByte));
}

async function* registration({
  model,
  provenance: { trainingData, signature, environment, ...provenance },
  artifact,
}: TrainedVersion): AsyncGenerator<RegisterVersionRequest> {
  yield {
    header: {
      model,
      provenance: {
        ...provenance,
        trainingData: { ...trainingData, definitionHashes: [...trainingData.definitionHashes] },
        signature: {
          ...signature,
          inputs: signature.inputs.map((spec) => ({ ...spec, shape: [...spec.shape] })),
          outputs: signature.outputs.map((spec) => ({ ...spec, shape: [...spec.shape] })),
          features: [...signature.features],
          bindings: [...signature.bindings],
        },
        environment: {
          ...environment,
          packages: [...environment.packages],
          command: [...environment.command],
          files: { ...environment.files },
        },
      },
    },
  };
  yield* chunksOf(artifact);
}

function* chunksOf(bytes: Uint8Array): Generator<{ readonly chunk: Uint8Array }> {
  for (let first = 0; first < bytes.length; first += chunkBytesMax) {
    yield { chunk: bytes.subarray(first, first + chunkBytesMax) };
  }
}

function dataLoss(message: string): MeshError {
  return new MeshError({ code: 'DATA_LOSS', reason: 'TRAINING_FAILED', message });
}
