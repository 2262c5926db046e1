import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunSummary } from '../../loadtest/runner/report/summary.ts';
import { MeshError } from '../../services/shared/kernel/mesh-error.ts';
import { implementPartly } from '../../services/shared/platform/grpc/implement.ts';
import { createServer, type MeshServer } from '../../services/shared/platform/grpc/server.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';

const runner = resolve('dist/loadtest/runner/main.js');
const protoRoot = resolve('proto');

/** How a process of the runner ended. */
export interface ScriptRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs scripts with the load test runner, each in a process of its own, against a router that answers at once. */
export class ScriptRunner implements AsyncDisposable {
  /** Request ids that the router was asked with, in order. */
  readonly asked: string[] = [];
  /** Where scripts are written. */
  readonly folder = mkdtempSync(join(tmpdir(), 'mlmesh-loadtest-'));
  readonly #server: MeshServer;
  #stall: () => Promise<unknown> = () => Promise.resolve();

  private constructor() {
    this.#server = createServer({
      name: 'test',
      address: '127.0.0.1:0',
      clock: systemClock,
      services: [
        implementPartly('mlmesh.router.v1.RouterService', {
          predict: async ({ model, requestId }) => {
            this.asked.push(requestId);
            await this.#stall();
            if (model === 'unknown') throw unknownModel();
            return { outputs: [0.25], tier: 'TIER_MODEL', version: 2 };
          },
        }),
      ],
    });
  }

  /** Starts the router. */
  static async start(): Promise<ScriptRunner> {
    const started = new ScriptRunner();
    await started.#server.start();
    return started;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(1_000);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Lets the router stand still for a time, once it has been asked so many times. */
  stallFrom(calls: number, ms: number): void {
    let count = 0;
    let over: Promise<unknown> | undefined;
    this.#stall = () => {
      count += 1;
      if (count > calls) over ??= delay(ms);
      return over ?? Promise.resolve();
    };
  }

  /** Lets it answer at once again. */
  resume(): void {
    this.#stall = () => Promise.resolve();
  }

  /** Starts the runner on a script of this text. */
  script(text: string, ...args: readonly string[]) {
    const path = join(this.folder, 'script.ts');
    writeFileSync(path, text);
    return this.file(path, ...args);
  }

  /** Starts the runner with these arguments. */
  file(...args: readonly string[]) {
    const child = spawn(
      process.execPath,
      [runner, '--no-report', '-e', `ROUTER=${this.#server.address}`, ...args],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const texts = [child.stdout, child.stderr].map((stream) =>
      stream.setEncoding('utf8').toArray(),
    );
    const ended = async (): Promise<ScriptRun> => {
      const [stdout = [], stderr = []] = await Promise.all(texts);
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      return { status: child.exitCode, stdout: stdout.join(''), stderr: stderr.join('') };
    };
    return { child, ended };
  }
}

/** Gives the summary that a run printed as JSON. */
export function summaryOf({ stdout }: Pick<ScriptRun, 'stdout'>): RunSummary {
  return JSON.parse(stdout) as RunSummary;
}

function unknownModel(): MeshError {
  return new MeshError({ code: 'NOT_FOUND', reason: 'MODEL_UNKNOWN', message: 'no such model' });
}

/** A script that predicts at a constant rate. */
export function script(parts: {
  readonly scenario?: string;
  readonly thresholds?: string;
  readonly more?: string;
  readonly body?: string;
}): string {
  const scenario =
    parts.scenario ??
    `rate: 50, duration: '1s', preAllocatedVUs: 50, executor: 'constant-arrival-rate'`;
  return `
    import { check } from 'k6';
    import { scenario, vu } from 'k6/execution';
    import grpc from 'k6/net/grpc';
    import { Counter, Rate, Trend } from 'k6/metrics';
    export const options = {
      scenarios: { it: { ${scenario}, exec: 'iterate' } },
      thresholds: { ${parts.thresholds ?? ''} },
      summaryTrendStats: ['min', 'med', 'p(80)', 'p(99)', 'max', 'count'],
    };
    const client = new grpc.Client();
    client.load(['${protoRoot}'], 'mlmesh/router/v1/router_service.proto');
    ${parts.more ?? ''}
    export async function iterate(data) {
      if (__ITER === 0) client.connect(__ENV.ROUTER, { plaintext: true });
      ${parts.body ?? `await client.asyncInvoke('mlmesh.router.v1.RouterService/Predict', { model: 'm' });`}
    }`;
}
