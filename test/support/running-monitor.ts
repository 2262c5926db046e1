import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LogPredictionsRequest } from '../../services/gen/mlmesh/monitor/v1/LogPredictionsRequest.ts';
import { durationMs } from '../../services/shared/kernel/units.ts';
import { connectService, type ServiceClient } from '../../services/shared/platform/grpc/client.ts';
import {
  type ServiceConfig,
  serviceConfigVariable,
} from '../../services/shared/platform/process/service-config.ts';
import { parseServiceMessage } from '../../services/shared/platform/process/service-message.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';

const service = 'mlmesh.monitor.v1.MonitorService';
const anyPort = '127.0.0.1:0';
const entry = fileURLToPath(new URL('../../services/monitor/main.js', import.meta.url));

/** Where a monitor works. */
export interface MonitorPlace {
  /** Its data directory. */
  readonly folder: string;
  /** Path of the compiled mesh file. */
  readonly meshModule: string;
  readonly registry?: string;
  readonly options?: ServiceConfig['options'];
}

/** A monitor in a process of its own, and its client. */
export class RunningMonitor implements AsyncDisposable {
  readonly client: ServiceClient<typeof service>;
  readonly pid: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, address: string) {
    this.#child = child;
    this.pid = child.pid ?? 0;
    this.client = connectService(service, [address], {
      clock: systemClock,
      timeoutMs: durationMs(60_000),
    });
  }

  /** Starts one; resolves when it serves. Without an address it has no registry. */
  static async start(place: MonitorPlace): Promise<RunningMonitor> {
    const nowhere = '127.0.0.1:1';
    const config: ServiceConfig = {
      service: 'monitor',
      meshName: 'running',
      meshModule: place.meshModule,
      dataDirectory: place.folder,
      address: anyPort,
      addresses: {
        registry: [place.registry ?? nowhere],
        feature: [nowhere],
        prediction: [anyPort],
        monitor: [anyPort],
        router: [anyPort],
      },
      hasVirtualClock: false,
      telemetryEndpoint: undefined,
      options: place.options ?? {},
    };
    const child = fork(entry, [], {
      env: { ...process.env, [serviceConfigVariable]: JSON.stringify(config) },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const [raw]: unknown[] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
    const message = parseServiceMessage(raw);
    if (message?.kind !== 'ready') throw new Error(`not ready: ${JSON.stringify(raw)}`);
    return new RunningMonitor(child, message.address);
  }

  /** Logs one batch; resolves when it is acknowledged. */
  async log(batch: LogPredictionsRequest): Promise<void> {
    const frames = (async function* () {
      yield { batchId: 1, dropped: 0, predictions: [], shadowAnswers: [], ...batch };
    })();
    const acks: number[] = [];
    for await (const { batchId } of this.client.logPredictions(frames)) acks.push(batchId);
    if (acks.length !== 1) throw new Error(`wanted one acknowledgement, got ${acks.length}`);
  }

  /** What the process ended with; null while it runs, and where a signal ended it. */
  get exitStatus(): number | null {
    return this.#child.exitCode;
  }

  /** Ends the process at once, wherever it is. */
  async kill(): Promise<void> {
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
