import type { Alias__Output } from '../../gen/mlmesh/registry/v1/Alias.ts';
import type { ModelTraffic__Output } from '../../gen/mlmesh/registry/v1/ModelTraffic.ts';
import type { ModelVersion__Output } from '../../gen/mlmesh/registry/v1/ModelVersion.ts';
import type { RegistryEvent__Output } from '../../gen/mlmesh/registry/v1/RegistryEvent.ts';
import { checkSignedModel } from '../../shared/compute/check-signed-model.ts';
import { signatureInvalid } from '../../shared/compute/model-signature.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { type DurationMs, durationMs } from '../../shared/kernel/units.ts';
import type { ServiceClient } from '../../shared/platform/grpc/client.ts';
import { listVersionPages } from '../../shared/platform/grpc/version-pages.ts';
import { readTrustedKey } from '../../shared/platform/store/trusted-key.ts';
import type { AliasPosition, TrafficPosition } from '../core/routing-table.ts';
import type { AliasFeed, RegistryListener } from '../ports.ts';
import type { FallbackArtifact } from './fallback-model.ts';

/** Wait before the registry is asked again after it could not be reached: short, since a rollback may be waiting there. */
const reconnectMs = durationMs(200);
const callMs = durationMs(5_000);
/** An artifact of the fallback model: it has to be small enough to run beside the router. */
const artifactBytesMax = 256 * 1024 * 1024;

/** What a feed is made of. */
export interface RegistryFeedOptions {
  readonly registry: ServiceClient<'mlmesh.registry.v1.RegistryService'>;
  readonly clock: Clock;
  /** Path of the key that has to have signed a version. */
  readonly trustedKeyPath: string;
  /** Names of the models that are followed: those of the mesh. */
  readonly models: Iterable<string>;
}

interface CallOptions {
  readonly timeoutMs: DurationMs;
  readonly signal: AbortSignal;
}

/** What the router has been told of its models since it began to follow. */
interface Told {
  /** `model/version`. */
  readonly versions: Set<string>;
  /** By `model/alias`. */
  readonly generations: Map<string, number>;
}

/** Follows the aliases of the models of the mesh and fetches artifacts from the registry. */
export class RegistryFeed implements AliasFeed {
  readonly #registry: ServiceClient<'mlmesh.registry.v1.RegistryService'>;
  readonly #clock: Clock;
  readonly #trustedKeyPath: string;
  readonly #models: ReadonlySet<string>;

  constructor({ registry, clock, trustedKeyPath, models }: RegistryFeedOptions) {
    this.#registry = registry;
    this.#clock = clock;
    this.#trustedKeyPath = trustedKeyPath;
    this.#models = new Set(models);
  }

  /** Tells where the aliases point and to which versions, then each change, until `signal` aborts. A registry that is down is asked again. */
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
    const told: Told = { versions: new Set(), generations: new Map() };
    let sequence = Number.POSITIVE_INFINITY;
    for (const model of this.#models) {
      const request = { model, isAliasedOnly: true };
      const held = await listVersionPages(this.#registry, request, { timeoutMs: callMs, signal });
      for (const version of held.versions) tellVersion(listener, told, version);
      for (const alias of held.aliases) tellAlias(listener, told, positionOf(alias));
      for (const traffic of held.traffic) listener.onTraffic(trafficOf(traffic));
      sequence = Math.min(sequence, held.sequence);
    }
    if (this.#models.size === 0) sequence = 0;
    const events = this.#registry.watch({ fromSequence: sequence + 1 }, { signal });
    for await (const { event } of events) {
      if (event !== null) await this.#tellEvent(listener, told, event, signal);
    }
  }

  async #tellEvent(
    listener: RegistryListener,
    told: Told,
    { trafficSet, aliasesMoved, versionQuarantined }: RegistryEvent__Output,
    signal: AbortSignal,
  ): Promise<void> {
    const steered = trafficSet?.traffic;
    if (steered && this.#models.has(steered.model)) listener.onTraffic(trafficOf(steered));
    for (const alias of (aliasesMoved ?? versionQuarantined)?.aliases ?? []) {
      if (!this.#models.has(alias.model)) continue;
      await this.#learn(listener, told, alias, signal);
      tellAlias(listener, told, positionOf(alias));
    }
  }

  /** An alias may move to a version that none pointed to when the list was read. */
  async #learn(
    listener: RegistryListener,
    told: Told,
    { model, version }: Alias__Output,
    signal: AbortSignal,
  ): Promise<void> {
    if (version === 0 || told.versions.has(`${model}/${version}`)) return;
    const options = { timeoutMs: callMs, signal };
    const found = await this.#registry.getVersion({ model, version }, options);
    if (found.version !== null) tellVersion(listener, told, found.version);
  }
}

function tellVersion(listener: RegistryListener, told: Told, wire: ModelVersion__Output): void {
  const { model, version, provenance } = wire;
  told.versions.add(`${model}/${version}`);
  listener.onVersion(model, version, provenance?.signature?.featureSetHash ?? '');
}

/** Events may be told that the list has seen already: an older generation changes nothing. */
function tellAlias(listener: RegistryListener, told: Told, position: AliasPosition): void {
  const name = `${position.model}/${position.alias}`;
  if (position.generation <= (told.generations.get(name) ?? 0)) return;
  told.generations.set(name, position.generation);
  listener.onAlias(position);
}

function positionOf({ model, alias, version, generation }: Alias__Output): AliasPosition {
  return { model, alias, version, generation };
}

function trafficOf(wire: ModelTraffic__Output): TrafficPosition {
  const { model, generation, canaryRamp, isShadowPaused } = wire;
  return { model, generation, canaryRamp: canaryRamp ?? undefined, isShadowPaused };
}

function tooLarge(model: string, version: number): MeshError {
  return new MeshError({
    code: 'RESOURCE_EXHAUSTED',
    reason: 'ARTIFACT_TOO_LARGE',
    message: `wanted a fallback model of at most ${artifactBytesMax} bytes, got more in ${model} version ${version}; choose a smaller one`,
  });
}
