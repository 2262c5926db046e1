import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { durationMs } from '../../services/shared/kernel/units.ts';
import { connectService, type ServiceClient } from '../../services/shared/platform/grpc/client.ts';
import {
  type ServiceConfig,
  serviceConfigVariable,
} from '../../services/shared/platform/process/service-config.ts';
import { parseServiceMessage } from '../../services/shared/platform/process/service-message.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';
import { processCpuMs } from '../load/process-cpu.ts';

const service = 'mlmesh.feature.v1.FeatureService';
const anyPort = '127.0.0.1:0';

/** Long against the clock of 10 ms in which processor time is counted. */
const settleMs = 500;

/** What a feature process serves. */
export interface FeatureProcessOptions {
  /** The module that exports the mesh. */
  readonly meshModule: URL;
  /** Folder of its data; used again when it is there. */
  readonly data: string;
  /** Sources with a relative path are looked up from here. */
  readonly meshFolder: string;
  /** Further options of the service, by name. */
  readonly options?: Readonly<Record<string, number>>;
  /** Flags for Node, such as --cpu-prof. */
  readonly nodeFlags?: readonly string[];
}

/** The feature service alone, in a process of its own, and a client of it. */
export class FeatureProcess implements AsyncDisposable {
  readonly client: ServiceClient<typeof service>;
  readonly address: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, address: string) {
    this.#child = child;
    this.address = address;
    this.client = connectService(service, [address], {
      clock: systemClock,
      timeoutMs: durationMs(1_800_000),
    });
  }

  /** Starts it; resolves when it serves. */
  static async start(options: FeatureProcessOptions): Promise<FeatureProcess> {
    const entry = fileURLToPath(new URL('../../services/feature/main.js', import.meta.url));
    const config = JSON.stringify(configOf(options));
    const child = fork(entry, [], {
      env: { ...process.env, [serviceConfigVariable]: config },
      execArgv: [...(options.nodeFlags ?? [])],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      detached: true,
    });
    const [raw]: unknown[] = await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(([code]) => [`it ended with ${code}`]),
    ]);
    const message = parseServiceMessage(raw);
    if (message?.kind === 'ready') return new FeatureProcess(child, message.address);
    child.kill();
    throw new Error(`the feature service does not start: ${JSON.stringify(raw)}`);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Imports a source up to a time, unless it is there; tells how far it is. */
  async import(
    { source, untilMs = Date.UTC(2100, 0, 1) }: { source: string; untilMs?: number },
    show: (text: string) => void,
    signal: AbortSignal,
  ): Promise<void> {
    let stage = '';
    for await (const { progress } of this.client.importSource({ source, untilMs }, { signal })) {
      if (progress === null || progress.stage === stage) continue;
      stage = progress.stage;
      show(`  ${stage}\n`);
    }
  }

  /**
   * Resolves when it works on nothing any more: after its start it loads states into memory behind the scenes, and a
   * round that is measured meanwhile measures that. At the latest after two minutes.
   */
  async settled(signal: AbortSignal): Promise<void> {
    for (let tries = 0; tries < 240; tries += 1) {
      const before = processCpuMs(this.pid);
      await delay(settleMs, undefined, { signal });
      const after = processCpuMs(this.pid);
      // A twentieth of a core: a service that waits for calls takes less.
      if (before === undefined || after === undefined || after - before <= settleMs / 20) return;
    }
  }

  /** Gives the hash of a model's feature set. */
  async featureSetHash(model: string, signal: AbortSignal): Promise<string> {
    const { featureSets } = await this.client.listDefinitions({}, { signal });
    const found = featureSets.find((set) => set.model === model);
    if (found === undefined) throw new Error(`the mesh has no model '${model}'`);
    return found.hash;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await gone;
  }
}

function configOf({ meshModule, data, meshFolder, options }: FeatureProcessOptions): ServiceConfig {
  return {
    service: 'feature',
    meshName: 'bench',
    meshModule: fileURLToPath(meshModule),
    dataDirectory: data,
    address: anyPort,
    addresses: {
      registry: [anyPort],
      feature: [anyPort],
      prediction: [anyPort],
      monitor: [anyPort],
      router: [anyPort],
    },
    hasVirtualClock: true,
    telemetryEndpoint: undefined,
    options: { ...options, meshFolder },
  };
}
