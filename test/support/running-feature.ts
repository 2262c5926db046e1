import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import {
  type ServiceConfig,
  serviceConfigVariable,
} from '../../services/shared/platform/process/service-config.ts';
import { parseServiceMessage } from '../../services/shared/platform/process/service-message.ts';
import { FeatureTester } from './feature-tester.ts';
import { flightsSampleFolder } from './flights-sample.ts';

const anyPort = '127.0.0.1:0';

/** Gives the configuration of a feature service over the sample mesh, with its files in `folder`, and further options. */
export function featureSampleConfig(
  folder: string,
  meshModule?: string,
  options: ServiceConfig['options'] = {},
): ServiceConfig {
  return {
    service: 'feature',
    meshName: 'flights-sample',
    meshModule: meshModule ?? fileURLToPath(new URL('./flights-sample-mesh.js', import.meta.url)),
    dataDirectory: folder,
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
    options: { meshFolder: flightsSampleFolder, checkpointMs: 100, ...options },
  };
}

/** A feature service in a process of its own, and its client. */
export class RunningFeature implements AsyncDisposable {
  readonly tester: FeatureTester;
  /** Asks once. */
  readonly impatient: FeatureTester;
  readonly #child: ChildProcess;
  #ending: Promise<void> | undefined;

  private constructor(child: ChildProcess, address: string) {
    this.#child = child;
    this.tester = new FeatureTester(address);
    this.impatient = new FeatureTester(address, 1);
  }

  /** Starts one over the files in `folder`; resolves when it is ready. */
  static async start(
    folder: string,
    meshModule?: string,
    options?: ServiceConfig['options'],
  ): Promise<RunningFeature> {
    const entry = fileURLToPath(new URL('../../services/feature/main.js', import.meta.url));
    const config = featureSampleConfig(folder, meshModule, options);
    const child = fork(entry, [], {
      env: { ...process.env, [serviceConfigVariable]: JSON.stringify(config) },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const [raw]: unknown[] = await once(child, 'message');
    const message = parseServiceMessage(raw);
    if (message?.kind !== 'ready') throw new Error(`not ready: ${JSON.stringify(raw)}`);
    return new RunningFeature(child, message.address);
  }

  /** Ends the process as a crash of the machine's memory would: at once, wherever it is. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end('SIGTERM');
  }

  #end(signal: NodeJS.Signals): Promise<void> {
    this.#ending ??= this.#endOnce(signal);
    return this.#ending;
  }

  async #endOnce(signal: NodeJS.Signals): Promise<void> {
    this.tester.close();
    this.impatient.close();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill(signal);
    await gone;
  }
}
