import type { Alias__Output } from '../../gen/mlmesh/registry/v1/Alias.ts';
import type { ModelVersion__Output } from '../../gen/mlmesh/registry/v1/ModelVersion.ts';
import { checkSignedModel } from '../../shared/compute/check-signed-model.ts';
import { signatureInvalid } from '../../shared/compute/model-signature.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { type DurationMs, durationMs } from '../../shared/kernel/units.ts';
import type { ServiceClient } from '../../shared/platform/grpc/client.ts';
import { readTrustedKey } from '../../shared/platform/store/trusted-key.ts';
import type { AliasPosition } from '../core/routing-table.ts';
import type { AliasFeed, RegistryListener } from '../ports.ts';
import type { FallbackArtifact } from './fallback-model.ts';

/** Wait before the registry is asked again after it could not be reached: short, since a rollback may be waiting there. */
const reconnectMs = durationMs(200);
const callMs = durationMs(5_000);
/** An artifact of the fallback model: it has to be small enough to run beside the router. */
const artifactBytesMax = 256 * 1024 * 1024;

interface CallOptions {
  readonly timeoutMs: DurationMs;
  readonly signal: AbortSignal;
}

/** Follows the aliases of the registry and fetches artifacts from it. */
export class RegistryFeed implements AliasFeed {
  readonly #registry: ServiceClient<'mlmesh.registry.v1.RegistryService'>;
  readonly #clock: Clock;
  readonly #trustedKeyPath: string;

  /** @param trustedKeyPath of the key that has to have signed a version */
  constructor(
    registry: ServiceClient<'mlmesh.registry.v1.RegistryService'>,
    clock: Clock,
    trustedKeyPath: string,
  ) {
    this.#registry = registry;
    this.#clock = clock;
    this.#trustedKeyPath = trustedKeyPath;
  }

  /** Tells the versions and aliases that hold, then each change, until `signal` aborts. A registry that is down is asked again. */
  async follow(listener: RegistryListener, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#followOnce(listener, signal);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof MeshError)) throw error;
      }
      await this.#clock.sleep(reconnectMs, signal).catch(() => undefined);
    }
  }

  /**
   * Gives a version with its artifact.
   * @throws {MeshError} what the registry says; RESOURCE_EXHAUSTED / ARTIFACT_TOO_LARGE; DATA_LOSS / SIGNATURE_INVALID
   */
  async fetch(model: string, version: number, signal: AbortSignal): Promise<FallbackArtifact> {
    const registry = this.#registry;
    const options = { timeoutMs: callMs, signal };
    const found = await registry.getVersion({ model, version }, options);
    const provenance = found.version?.provenance;
    const digest = provenance?.artifactDigest ?? '';
    const signatureDigest = found.version?.signatureDigest ?? '';
    if (signatureDigest === '') throw signatureInvalid(`version ${model}/${version} has none`);
    const artifactFormat = provenance?.artifactFormat ?? '';
    checkSignedModel(
      { model, version, artifactDigest: digest, artifactFormat, signatureDigest },
      await this.#download(signatureDigest, tooLarge(model, version), options),
      readTrustedKey(this.#trustedKeyPath),
    );
    const bytes = await this.#download(digest, tooLarge(model, version), options);
    const { inputs = [], outputs = [] } = provenance?.signature ?? {};
    const [input] = inputs;
    const [output] = outputs;
    const spec = {
      name: `${model}/${version}`,
      format: artifactFormat,
      digest,
      inputName: input?.name ?? '',
      columns: input?.shape.at(-1) ?? 0,
      outputName: output?.name ?? '',
      outputs: output?.shape.at(-1) ?? 0,
    };
    return { version, spec, bytes };
  }

  async #download(digest: string, tooLarge: MeshError, options: CallOptions): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const { chunk } of this.#registry.download({ artifactDigest: digest }, options)) {
      bytes += chunk.length;
      if (bytes > artifactBytesMax) throw tooLarge;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  async #followOnce(listener: RegistryListener, signal: AbortSignal): Promise<void> {
    const registry = this.#registry;
    const held = await registry.listVersions({}, { timeoutMs: callMs, signal });
    for (const version of held.versions) tellVersion(listener, version);
    for (const alias of held.aliases) listener.onAlias(positionOf(alias));
    for await (const { event } of registry.watch({ fromSequence: held.sequence + 1 }, { signal })) {
      if (event?.versionRegistered) tellVersion(listener, event.versionRegistered);
      for (const alias of event?.aliasesMoved?.aliases ?? []) listener.onAlias(positionOf(alias));
    }
  }
}

function tellVersion(listener: RegistryListener, told: ModelVersion__Output): void {
  const { model, version, provenance } = told;
  listener.onVersion(model, version, provenance?.signature?.featureSetHash ?? '');
}

function positionOf({ model, alias, version, generation }: Alias__Output): AliasPosition {
  return { model, alias, version, generation };
}

function tooLarge(model: string, version: number): MeshError {
  return new MeshError({
    code: 'RESOURCE_EXHAUSTED',
    reason: 'ARTIFACT_TOO_LARGE',
    message: `wanted a fallback model of at most ${artifactBytesMax} bytes, got more in ${model} version ${version}; choose a smaller one`,
  });
}
