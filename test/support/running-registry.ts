import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { RegisterVersionRequest } from '../../services/gen/mlmesh/registry/v1/RegisterVersionRequest.ts';
import type { Provenance } from '../../services/registry/core/model-version.ts';
import { type DurationMs, durationMs } from '../../services/shared/kernel/units.ts';
import { connectService, type ServiceClient } from '../../services/shared/platform/grpc/client.ts';
import type { MeshAddresses } from '../../services/shared/platform/process/mesh-addresses.ts';
import {
  type ServiceConfig,
  serviceConfigVariable,
} from '../../services/shared/platform/process/service-config.ts';
import { parseServiceMessage } from '../../services/shared/platform/process/service-message.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';

const anyPort = '127.0.0.1:0';
const entry = fileURLToPath(new URL('../../services/registry/main.js', import.meta.url));

/** Client of a registry. */
export type RegistryClient = ServiceClient<'mlmesh.registry.v1.RegistryService'>;

/** Connects to a registry; each call is sent once. */
export function impatientRegistry(
  address: string,
  timeoutMs: DurationMs = durationMs(20_000),
): RegistryClient {
  const options = { clock: systemClock, attemptsMax: 1, timeoutMs };
  return connectService('mlmesh.registry.v1.RegistryService', [address], options);
}

/** A registry in a process of its own, and its client. */
export class RunningRegistry implements AsyncDisposable {
  readonly address: string;
  readonly client: RegistryClient;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, address: string) {
    this.#child = child;
    this.address = address;
    this.client = impatientRegistry(address);
  }

  /** Starts one over the files in `folder`; resolves when it serves. */
  static async start(
    folder: string,
    options: ServiceConfig['options'] = {},
    address = anyPort,
  ): Promise<RunningRegistry> {
    const addresses: MeshAddresses = {
      registry: [anyPort],
      feature: [anyPort],
      prediction: [anyPort],
      monitor: [anyPort],
      router: [anyPort],
    };
    const config: ServiceConfig = {
      service: 'registry',
      meshName: 'running',
      meshModule: '/dev/null',
      dataDirectory: folder,
      address,
      addresses,
      hasVirtualClock: false,
      telemetryEndpoint: undefined,
      options,
    };
    const child = fork(entry, [], {
      env: { ...process.env, [serviceConfigVariable]: JSON.stringify(config) },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const [raw]: unknown[] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
    const message = parseServiceMessage(raw);
    if (message?.kind !== 'ready') throw new Error(`not ready: ${JSON.stringify(raw)}`);
    return new RunningRegistry(child, message.address);
  }

  /** Ends the process at once, wherever it is. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Asks it to stop, and ends it at once when `until` resolves: wherever it is by then. */
  async killWhileStopping(until: () => Promise<void>): Promise<void> {
    this.#child.kill('SIGTERM');
    await until();
    await this.#end('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    this.client.close();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill(signal);
    await gone;
  }
}

/** Gives what registers a version: its provenance, then the bytes of its artifact in chunks. */
export async function* registrationOf(
  model: string,
  wanted: Provenance,
  artifact: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<RegisterVersionRequest> {
  const { trainingData, signature, environment, ...rest } = wanted;
  yield {
    header: {
      model,
      provenance: {
        ...rest,
        trainingData: trainingData && {
          ...trainingData,
          definitionHashes: [...trainingData.definitionHashes],
        },
        signature: {
          ...signature,
          features: [...signature.features],
          bindings: [...signature.bindings],
          inputs: signature.inputs.map((spec) => ({ ...spec, shape: [...spec.shape] })),
          outputs: signature.outputs.map((spec) => ({ ...spec, shape: [...spec.shape] })),
        },
        environment: environment && {
          ...environment,
          packages: [...environment.packages],
          command: [...environment.command],
          files: { ...environment.files },
        },
      },
    },
  };
  for await (const chunk of artifact) yield { chunk };
}

/** Uploads a blob from its first byte on. */
export async function uploadWhole(
  client: RegistryClient,
  bytes: Uint8Array,
  digest: string,
): Promise<void> {
  await client.upload(
    (async function* messages() {
      yield await Promise.resolve({
        header: { digest, bytes: bytes.length, fromByte: 0, format: 'json' },
      });
      for (let from = 0; from < bytes.length; from += 1 << 20) {
        yield { chunk: bytes.subarray(from, from + (1 << 20)) };
      }
    })(),
  );
}
