import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import {
  type ServiceConfig,
  serviceConfigVariable,
} from '../../services/shared/platform/process/service-config.ts';
import { parseServiceMessage } from '../../services/shared/platform/process/service-message.ts';

const anyPort = '127.0.0.1:0';

/** A feature service over the flights mesh in a process of its own. */
export class IngestTarget implements AsyncDisposable {
  readonly address: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, address: string) {
    this.#child = child;
    this.address = address;
  }

  /** Starts one with its files in `folder`; resolves when it serves. */
  static async start(folder: string, execArgv: readonly string[] = []): Promise<IngestTarget> {
    const entry = fileURLToPath(new URL('../../services/feature/main.js', import.meta.url));
    const config: ServiceConfig = {
      service: 'feature',
      meshName: 'flights',
      meshModule: fileURLToPath(new URL('../../deploy/flights/mesh.js', import.meta.url)),
      dataDirectory: folder,
      address: anyPort,
      addresses: {
        registry: anyPort,
        feature: anyPort,
        prediction: anyPort,
        monitor: anyPort,
        router: anyPort,
      },
      hasVirtualClock: true,
      telemetryEndpoint: undefined,
      options: {},
    };
    const child = fork(entry, [], {
      env: { ...process.env, [serviceConfigVariable]: JSON.stringify(config) },
      execArgv: [...execArgv],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const [raw]: unknown[] = await once(child, 'message');
    const message = parseServiceMessage(raw);
    if (message?.kind !== 'ready') {
      child.kill();
      throw new Error(`the feature service did not start: ${JSON.stringify(raw)}`);
    }
    return new IngestTarget(child, message.address);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await gone;
  }
}
