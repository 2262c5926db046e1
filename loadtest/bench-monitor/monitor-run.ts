import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LoggedPrediction } from '../../services/gen/mlmesh/monitor/v1/LoggedPrediction.ts';
import type { FeatureSetPlan } from '../../services/shared/compute/plan.ts';
import { viewColumnsOf } from '../../services/shared/compute/row.ts';
import { seededRandom } from '../../services/shared/kernel/random.ts';
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

/** A monitor in a process of its own, over an empty folder that goes with it. */
export class MonitorRun implements AsyncDisposable {
  readonly client: ServiceClient<typeof service>;
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(child: ChildProcess, address: string, folder: string) {
    this.#child = child;
    this.#folder = folder;
    this.pid = child.pid ?? 0;
    this.client = connectService(service, [address], {
      clock: systemClock,
      timeoutMs: durationMs(600_000),
    });
  }

  /** Starts one for a mesh of this folder; resolves when it serves. */
  static async start(meshModule: string, registry: string): Promise<MonitorRun> {
    const folder = mkdtempSync(join(tmpdir(), 'mlmesh-bench-monitor-'));
    const config: ServiceConfig = {
      service: 'monitor',
      meshName: 'bench',
      meshModule: fileURLToPath(new URL(`./${meshModule}.js`, import.meta.url)),
      dataDirectory: folder,
      address: anyPort,
      addresses: {
        registry: [registry],
        feature: ['127.0.0.1:1'],
        prediction: [anyPort],
        monitor: [anyPort],
        router: [anyPort],
      },
      hasVirtualClock: false,
      telemetryEndpoint: undefined,
      // Nobody recomputes anything here.
      options: { auditShare: 0 },
    };
    const entry = new URL('../../services/monitor/main.js', import.meta.url);
    const child = fork(fileURLToPath(entry), [], {
      env: { ...process.env, [serviceConfigVariable]: JSON.stringify(config) },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const [raw]: unknown[] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
    const message = parseServiceMessage(raw);
    if (message?.kind !== 'ready') throw new Error(`not ready: ${JSON.stringify(raw)}`);
    return new MonitorRun(child, message.address, folder);
  }

  /** Sends batches, so many of them unanswered at most, until all are acknowledged. */
  async send(batches: readonly (readonly LoggedPrediction[])[], openMax: number): Promise<void> {
    let [sent, acknowledged] = [0, 0];
    let wake: () => void = () => undefined;
    const frames = async function* () {
      for (const predictions of batches) {
        while (sent - acknowledged >= openMax) await new Promise<void>((done) => (wake = done));
        sent += 1;
        yield { batchId: sent, dropped: 0, predictions: [...predictions], shadowAnswers: [] };
      }
    };
    for await (const _ of this.client.logPredictions(frames())) {
      acknowledged += 1;
      wake();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Makes predictions as a router logs them: ids ascend, entities repeat, values are uniform. */
export class PredictionMaker {
  readonly #random = seededRandom(7);
  readonly #views: number;
  readonly #requests: number;
  readonly #stamp: { atMs: number; logOffset: number; featureSetHash: string };
  #number = 0;

  constructor(featureSet: FeatureSetPlan) {
    this.#views = viewColumnsOf(featureSet).length;
    this.#requests = featureSet.requestFeatures.length;
    this.#stamp = { atMs: 1, logOffset: 1, featureSetHash: featureSet.hash };
  }

  batch(size: number, model: (index: number) => string, atMs: number): LoggedPrediction[] {
    return Array.from({ length: size }, (_, index) => {
      this.#number += 1;
      return {
        predictionId: `00000000000000aa-${this.#number.toString(16).padStart(12, '0')}`,
        model: model(index),
        ...{ tier: 'TIER_MODEL', role: 'ROLE_PRODUCTION', version: 1, assignedVersion: 1 },
        score: this.#random.next(),
        keys: [`user-${Math.floor(this.#random.next() * 50_000)}`],
        stamp: this.#stamp,
        values: this.#doubles(this.#views),
        statuses: Buffer.alloc(this.#views),
        requestValues: this.#doubles(this.#requests),
        latencyMs: 5 + this.#random.next(),
        traceId: '0123456789abcdef0123456789abcdef',
        atMs,
      } as const;
    });
  }

  #doubles(length: number): Buffer {
    return Buffer.from(Float64Array.from({ length }, () => this.#random.next()).buffer);
  }
}
