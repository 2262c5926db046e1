import type { RegisterVersionRequest } from '../../gen/mlmesh/registry/v1/RegisterVersionRequest.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { ServiceClient } from '../../shared/platform/grpc/client.ts';
import type { Provenance } from '../core/provenance.ts';
import type { AliasMove, AliasState, Registry } from '../ports.ts';

// 1 MiB: the contract's limit of one message.
const chunkBytesMax = 1024 * 1024;
// 60 s: 2 GB over loopback and to disk.
const registerMsMax = durationMs(60_000);
const callMsMax = durationMs(10_000);

/** Registers versions and moves aliases at the registry service. */
export class GrpcRegistry implements Registry {
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

  /** Sends provenance and artifact, and gives the number of the version. @throws {MeshError} what the registry says. */
  async register(
    model: string,
    provenance: Provenance,
    artifact: Uint8Array,
    signal: AbortSignal,
  ): Promise<number> {
    const parts = registration(model, provenance, artifact);
    const options = { timeoutMs: registerMsMax, signal };
    const { version } = await this.#registry.registerVersion(parts, options);
    return version?.version ?? 0;
  }

  /** Moves one alias. @throws {MeshError} ABORTED / ALIAS_MOVED and what else the registry says. */
  async move(move: AliasMove, signal: AbortSignal): Promise<void> {
    await this.#registry.promote(move, { timeoutMs: callMsMax, signal });
  }
}

async function* registration(
  model: string,
  { trainingData, signature, ...provenance }: Provenance,
  artifact: Uint8Array,
): AsyncGenerator<RegisterVersionRequest> {
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
        },
      },
    },
  };
  for (let first = 0; first < artifact.length; first += chunkBytesMax) {
    yield { chunk: artifact.subarray(first, first + chunkBytesMax) };
  }
}
