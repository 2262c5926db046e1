import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { registerModel } from '../services/cli/register/register-model.ts';
import { durationMs } from '../services/shared/kernel/units.ts';
import { connectService } from '../services/shared/platform/grpc/client.ts';
import { meshAddresses } from '../services/shared/platform/process/mesh-addresses.ts';
import {
  type ServiceConfig,
  serviceConfigVariable,
} from '../services/shared/platform/process/service-config.ts';
import { parseServiceMessage } from '../services/shared/platform/process/service-message.ts';
import type { ServiceName } from '../services/shared/platform/process/service-name.ts';
import { systemClock } from '../services/shared/platform/process/system-clock.ts';
import { benchModel } from './bench-model.ts';

/** A model that is served. */
export interface ServedModel {
  readonly name: string;
  readonly widths: readonly number[];
}

const startMsMax = durationMs(60_000);
const free = '127.0.0.1:0'; // the system chooses a port

/** A registry and a prediction service, as users run them, each in a process of its own; models are registered and loaded as theirs are. */
export class ServingPeer implements AsyncDisposable {
  /** host:port of the prediction service. */
  readonly address: string;
  /** Process of the prediction service. */
  readonly pid: number;
  readonly #children: readonly ChildProcess[];

  private constructor(children: readonly ChildProcess[], address: string, pid: number) {
    this.#children = children;
    this.address = address;
    this.pid = pid;
  }

  /** Starts both in a folder and waits until the models are ready. */
  static async start(
    folder: string,
    models: readonly ServedModel[],
    signal: AbortSignal,
  ): Promise<ServingPeer> {
    const registry = startService('registry', folder, free);
    const children = [registry];
    try {
      const registryAddress = await addressOf(registry, signal);
      await registerAll(registryAddress, folder, models, signal);
      const prediction = startService('prediction', folder, registryAddress);
      children.push(prediction);
      const address = await addressOf(prediction, signal);
      await loadAll(address, models, signal);
      return new ServingPeer(children, address, prediction.pid ?? 0);
    } catch (error) {
      await endAll(children);
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endAll(this.#children);
  }
}

function startService(service: ServiceName, folder: string, registry: string): ChildProcess {
  const config: ServiceConfig = {
    service,
    meshName: 'bench',
    meshModule: '/dev/null',
    dataDirectory: folder,
    address: free,
    addresses: meshAddresses((peer) => [peer === 'registry' ? registry : free]),
    hasVirtualClock: false,
    telemetryEndpoint: undefined,
    options: {},
  };
  const main = fileURLToPath(new URL(`../services/${service}/main.js`, import.meta.url));
  return fork(main, {
    env: { ...process.env, [serviceConfigVariable]: JSON.stringify(config) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    detached: true,
  });
}

async function addressOf(child: ChildProcess, signal: AbortSignal): Promise<string> {
  const [told] = await once(child, 'message', {
    signal: AbortSignal.any([signal, AbortSignal.timeout(startMsMax)]),
  });
  const message = parseServiceMessage(told);
  if (message?.kind === 'ready') return message.address;
  throw new Error(`wanted a service that starts, got ${JSON.stringify(told)}`);
}

async function registerAll(
  address: string,
  folder: string,
  models: readonly ServedModel[],
  signal: AbortSignal,
): Promise<void> {
  const registry = connectService('mlmesh.registry.v1.RegistryService', [address], {
    clock: systemClock,
  });
  try {
    for (const { name, widths } of models) {
      const path = join(folder, `${name}.onnx`);
      writeFileSync(path, benchModel(widths, 'onnx').bytes);
      const wish = {
        model: name,
        path,
        source: 'made by bench:native',
        metrics: {},
        shapes: [],
        declaredDataHash: '',
        batchRowsMax: 1_024,
      };
      await registerModel({ registry }, wish, signal);
    }
  } finally {
    registry.close();
  }
}

async function loadAll(
  address: string,
  models: readonly ServedModel[],
  signal: AbortSignal,
): Promise<void> {
  const inference = connectService('inference.GRPCInferenceService', [address], {
    clock: systemClock,
    timeoutMs: startMsMax,
  });
  try {
    for (const { name } of models) {
      await inference.repositoryModelLoad({ modelName: name }, { signal });
    }
  } finally {
    inference.close();
  }
}

/** In the reverse order of their start: each may still ask the ones before it. */
async function endAll(children: readonly ChildProcess[]): Promise<void> {
  for (const child of [...children].reverse()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }
}
