import { createHash, type KeyObject } from 'node:crypto';
import type { Alias } from '../../services/gen/mlmesh/registry/v1/Alias.ts';
import type { ModelVersion } from '../../services/gen/mlmesh/registry/v1/ModelVersion.ts';
import type { RegistryEvent } from '../../services/gen/mlmesh/registry/v1/RegistryEvent.ts';
import type { WatchResponse } from '../../services/gen/mlmesh/registry/v1/WatchResponse.ts';
import { artifactFileName, signedName } from '../../services/shared/compute/check-signed-model.ts';
import { signModel } from '../../services/shared/compute/model-signature.ts';
import type { TensorSpec } from '../../services/shared/compute/tensor/tensor.ts';
import { MeshError } from '../../services/shared/kernel/mesh-error.ts';
import { implementPartly } from '../../services/shared/platform/grpc/implement.ts';
import { createServer, type MeshServer } from '../../services/shared/platform/grpc/server.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';
import { testKey } from './registry-signer.ts';
import type { TestModel } from './test-model.ts';

/** Hash of the feature set of all test models. */
export const testFeatureSetHash = 'f'.repeat(64);

/** A version as a test registers it. */
export interface FakeArtifact {
  readonly bytes: Uint8Array;
  /** SHA-256, 64 hexadecimal digits. */
  readonly digest: string;
  readonly format: string;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** Empty for a model that is bound to none. */
  readonly featureSetHash?: string;
  /** 0, or left out: requests are never joined. */
  readonly batchRowsMax?: number;
}

/** A registry in memory: versions, aliases and their watch, without gates and log. */
export class FakeRegistry {
  /** Key that versions are signed with from now on. */
  signingKey: KeyObject = testKey.privateKey;
  readonly #versions: ModelVersion[] = [];
  readonly #artifacts = new Map<string, Uint8Array>();
  readonly #aliases = new Map<string, Alias>();
  readonly #events: RegistryEvent[] = [];
  #wake: (() => void)[] = [];
  #server: MeshServer | undefined;

  /** Registers a version of `late`; the bytes that are downloaded may be other than its digest says. */
  add(version: number, model: TestModel, bytes: Uint8Array = model.bytes): void {
    this.register('late', version, {
      bytes,
      digest: model.digest,
      format: model.format,
      inputs: [{ name: model.inputName, dataType: 'FP32', shape: [-1, model.columns] }],
      outputs: [{ name: model.outputName, dataType: 'FP32', shape: [-1, model.outputs] }],
      featureSetHash: testFeatureSetHash,
    });
  }

  /** Registers a version of any model. */
  register(model: string, version: number, artifact: FakeArtifact): void {
    const { bytes, digest, format, inputs, outputs, featureSetHash = '' } = artifact;
    this.#artifacts.set(digest, bytes);
    const signature = Buffer.from(
      signModel(
        { name: signedName(model, version), files: [{ name: artifactFileName(format), digest }] },
        this.signingKey,
      ),
    );
    const signatureDigest = createHash('sha256').update(signature).digest('hex');
    this.#artifacts.set(signatureDigest, signature);
    const registered: ModelVersion = {
      model,
      version,
      signatureDigest,
      provenance: {
        artifactDigest: digest,
        artifactBytes: bytes.length,
        artifactFormat: format,
        signature: {
          inputs: inputs.map(wireTensor),
          outputs: outputs.map(wireTensor),
          featureSetHash,
          batchRowsMax: artifact.batchRowsMax ?? 0,
        },
      },
    };
    this.#versions.push(registered);
    this.#note({ versionRegistered: registered });
  }

  /** Moves an alias. */
  point(alias: string, version: number, model = 'late'): void {
    const key = `${model}/${alias}`;
    const generation = Number(this.#aliases.get(key)?.generation ?? 0) + 1;
    const moved = { model, alias, version, generation };
    this.#aliases.set(key, moved);
    this.#note({ aliasesMoved: { aliases: [moved] } });
  }

  /** Listens on `address`, or on a free port; gives the address. */
  async start(address = '127.0.0.1:0'): Promise<string> {
    const server = createServer({
      name: 'fake-registry',
      address,
      clock: systemClock,
      services: [
        implementPartly('mlmesh.registry.v1.RegistryService', {
          listVersions: ({ model }) => ({
            versions: this.#versions.filter((each) => model === '' || each.model === model),
            aliases: [...this.#aliases.values()],
            sequence: this.#events.length,
          }),
          getVersion: ({ model, version }) => {
            const found = this.#versions.find(
              (each) => each.model === model && each.version === version,
            );
            if (found !== undefined) return { version: found };
            throw new MeshError({
              code: 'NOT_FOUND',
              reason: 'VERSION_UNKNOWN',
              message: `no version ${version} of ${model}`,
            });
          },
          download: ({ artifactDigest }) => this.#download(artifactDigest),
          watch: ({ fromSequence }, { signal }) => this.#watch(fromSequence, signal),
        }),
      ],
    });
    await server.start();
    server.health.setAll(true);
    this.#server = server;
    return server.address;
  }

  async stop(): Promise<void> {
    await this.#server?.stop(100);
    this.#server = undefined;
  }

  async *#download(digest: string): AsyncGenerator<{ chunk: Uint8Array }> {
    const bytes = this.#artifacts.get(digest);
    if (bytes === undefined) {
      throw new MeshError({
        code: 'NOT_FOUND',
        reason: 'VERSION_UNKNOWN',
        message: `no artifact ${digest}`,
      });
    }
    for (let from = 0; from < bytes.length; from += 1 << 20) {
      yield await Promise.resolve({ chunk: bytes.subarray(from, from + (1 << 20)) });
    }
  }

  async *#watch(fromSequence: number, signal: AbortSignal): AsyncGenerator<WatchResponse> {
    for (let next = fromSequence; !signal.aborted; next += 1) {
      while (next > this.#events.length && !signal.aborted) await this.#noted(signal);
      const event = this.#events[next - 1];
      if (!signal.aborted && event !== undefined) yield { event };
    }
  }

  #noted(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#wake.push(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  #note(event: RegistryEvent): void {
    this.#events.push({ ...event, sequence: this.#events.length + 1 });
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}

function wireTensor({ name, dataType, shape }: TensorSpec) {
  return { name, datatype: dataType, shape: [...shape] };
}
