import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InferBatch } from '../../services/gen/mlmesh/prediction/v1/InferBatch.ts';
import type { InferBatchReply__Output } from '../../services/gen/mlmesh/prediction/v1/InferBatchReply.ts';
import type { InferRequest } from '../../services/gen/mlmesh/prediction/v1/InferRequest.ts';
import { durationMs } from '../../services/shared/kernel/units.ts';
import { connectService, type ServiceClient } from '../../services/shared/platform/grpc/client.ts';
import {
  type ServiceConfig,
  serviceConfigVariable,
} from '../../services/shared/platform/process/service-config.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';
import { trustedKeyPath } from '../../services/shared/platform/store/trusted-key.ts';
import { eventually } from './eventually.ts';
import { testFeatureSetHash } from './fake-registry.ts';
import { freePort } from './free-port.ts';
import { testKey } from './registry-signer.ts';

type PredictionClient = ServiceClient<'mlmesh.prediction.v1.PredictionService'>;

/** How a process ended. */
export interface ProcessEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A prediction service in a process of its own. */
export class PredictionProcess implements AsyncDisposable {
  readonly client: PredictionClient;
  readonly address: string;
  readonly #child: ChildProcess;
  readonly #end: Promise<ProcessEnd>;
  #log = '';

  private constructor(child: ChildProcess, address: string) {
    this.#child = child;
    this.address = address;
    this.client = connectService('mlmesh.prediction.v1.PredictionService', [address], {
      clock: systemClock,
      // A busy machine takes its time to start a process.
      connectMsMax: durationMs(30_000),
      timeoutMs: durationMs(30_000),
    });
    child.stderr?.on('data', (text: Buffer) => {
      this.#log += text.toString('utf8');
    });
    this.#end = once(child, 'exit').then(([status, signal]) => ({ status, signal }));
  }

  /** Starts a service; `folder` is its data directory. It need not be ready when this resolves. */
  static async start(options: {
    readonly folder: string;
    readonly registry: string;
    readonly settings?: ServiceConfig['options'];
    /** Where its spans, metrics and logs go. */
    readonly telemetryEndpoint?: string;
  }): Promise<PredictionProcess> {
    const address = `127.0.0.1:${await freePort()}`;
    const { folder, registry, settings = {} } = options;
    const keyPath = trustedKeyPath(folder);
    mkdirSync(dirname(keyPath), { recursive: true });
    writeFileSync(keyPath, testKey.publicKey.export({ type: 'spki', format: 'pem' }));
    const config: ServiceConfig = {
      service: 'prediction',
      meshName: 'test',
      meshModule: '/dev/null',
      dataDirectory: folder,
      address,
      addresses: {
        registry: [registry],
        feature: [address],
        prediction: [address],
        monitor: [address],
        router: [address],
      },
      hasVirtualClock: false,
      telemetryEndpoint: options.telemetryEndpoint,
      options: settings,
    };
    const main = fileURLToPath(new URL('../../services/prediction/main.js', import.meta.url));
    const child = spawn(process.execPath, ['--enable-source-maps', main], {
      env: { ...process.env, [serviceConfigVariable]: JSON.stringify(config) },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return new PredictionProcess(child, address);
  }

  /** Its process id. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Everything that it has logged. */
  get log(): string {
    return this.#log;
  }

  /** Gives the state of each version, and its error where there is one, by number. */
  async states(): Promise<Readonly<Record<number, string>>> {
    const { servables } = await this.client.modelStatus({});
    return Object.fromEntries(
      servables.map(({ version, state, error }) => [
        version,
        [state.replace('SERVABLE_STATE_', ''), error].filter((part) => part !== '').join(' '),
      ]),
    );
  }

  /** Resolves when a version is in a state. */
  async reaches(version: number, state: string): Promise<void> {
    await eventually(
      `version ${version} is ${state}`,
      async () => (await this.states())[version]?.startsWith(state) === true,
      30_000,
    );
  }

  /** Resolves when so many versions are ready. */
  async areReady(count: number): Promise<void> {
    await eventually(
      `${count} versions are ready`,
      async () => {
        const { servables } = await this.client.modelStatus({});
        return servables.filter(({ state }) => state === 'SERVABLE_STATE_READY').length === count;
      },
      30_000,
    );
  }

  /** Asks it to leave; gives how it ended. */
  async terminate(): Promise<ProcessEnd> {
    this.#child.kill('SIGTERM');
    return await this.#end;
  }

  /** Resolves when it has ended by itself. */
  end(): Promise<ProcessEnd> {
    return this.#end;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await this.#end;
  }
}

/** One stream of frames to a prediction service. */
export class InferStream {
  readonly #waiting = new Map<number, (reply: InferBatchReply__Output) => void>();
  readonly #frames: InferRequest[] = [];
  /** Batches of each frame that came back. */
  readonly frameSizes: number[] = [];
  #batches = 0;
  #wake: () => void = () => undefined;
  #isClosed = false;

  /** The stream is cancelled when `signal` aborts. */
  constructor(client: PredictionClient, signal?: AbortSignal) {
    void this.#read(client, signal).catch(() => undefined);
  }

  /** Sends batches in one frame; gives their answers, in order. */
  send(batches: readonly InferBatch[]): Promise<readonly InferBatchReply__Output[]> {
    const numbered = batches.map((batch) => {
      this.#batches += 1;
      return {
        featureSetHash: testFeatureSetHash,
        model: 'late',
        ...batch,
        batchId: this.#batches,
      };
    });
    const replies = numbered.map(
      ({ batchId }) =>
        new Promise<InferBatchReply__Output>((resolve) => {
          this.#waiting.set(batchId, resolve);
        }),
    );
    this.#frames.push({ batches: numbered });
    this.#wake();
    return Promise.all(replies);
  }

  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  async #read(client: PredictionClient, signal?: AbortSignal): Promise<void> {
    const options = signal === undefined ? {} : { signal };
    for await (const { batches } of client.infer(this.#requests(), options)) {
      this.frameSizes.push(batches.length);
      for (const batch of batches) this.#waiting.get(batch.batchId)?.(batch);
    }
  }

  async *#requests(): AsyncGenerator<InferRequest> {
    while (!this.#isClosed) {
      const frame = this.#frames.shift();
      if (frame !== undefined) yield frame;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}

/** Gives a batch of rows whose features are all `value`. */
export function batchOf(
  version: number,
  change: Partial<InferBatch> & { readonly value?: number; readonly columns?: number } = {},
): InferBatch {
  const { value = 1, columns = 4, ...batch } = change;
  const rows = batch.rows ?? 1;
  const features = Buffer.from(new Float32Array(rows * columns).fill(value).buffer);
  return { version, rows, features, budgetMs: 10_000, ...batch };
}
