import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkHealth } from '../../services/cli/rpc/check-health.ts';
import type { SettingsFile } from '../../services/cli/serve/settings-file.ts';
import type { ClientTls } from '../../services/shared/platform/grpc/tls/secure-options.ts';
import {
  type ServiceName,
  serviceNames,
} from '../../services/shared/platform/process/service-name.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';

/** How a service is started. */
export interface ServedOptions {
  /** Path of the command. */
  readonly launcher?: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** User and group that it runs as. */
  readonly uid?: number;
}

/** One service that `mlmesh serve` runs. */
export class ServedProcess {
  readonly child: ChildProcess;
  #text = '';

  constructor(args: readonly string[], options: ServedOptions = {}) {
    const { launcher = resolve('services/cli/mlmesh.js'), environment, uid } = options;
    this.child = spawn(process.execPath, [launcher, 'serve', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#text += text;
      });
    }
  }

  /** All that it has written so far. */
  get text(): string {
    return this.#text;
  }

  /** Resolves when it says that it takes calls. */
  async untilWell(address: string, tls?: ClientTls): Promise<void> {
    const isWell = () =>
      checkHealth(address, AbortSignal.timeout(5_000), tls).catch((): boolean => false);
    await eventually(
      `the service at ${address} is well`,
      () => {
        if (this.child.exitCode !== null) throw new Error(`it ended:\n${this.#text}`);
        return isWell();
      },
      60_000,
    );
  }

  /** Sends a signal and resolves with the exit status when it is gone; null when the signal ended it. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const gone = once(this.child, 'exit');
      this.child.kill(signal);
      await gone;
    }
    return this.child.exitCode;
  }
}

/** Gives addresses on free ports of the loopback: two prediction services, the second of which is never started. */
export async function loopbackAddresses(): Promise<SettingsFile['addresses']> {
  const free = async () => `127.0.0.1:${await freePort()}`;
  return {
    registry: [await free()],
    feature: [await free()],
    // The name of a pod that the autoscaler has not made does not resolve.
    prediction: [await free(), 'mesh-prediction-1.mesh-prediction.invalid:7503'],
    monitor: [await free()],
    router: [await free()],
  };
}

/** Takes the data of a mesh apart, as machines of their own have it. Gives the data directory of each service, which holds its folder alone. */
export function separateData(data: string, target: string): Readonly<Record<ServiceName, string>> {
  const directories = serviceNames.map((service) => {
    const directory = join(target, service);
    mkdirSync(directory, { recursive: true });
    const own = join(data, service);
    if (existsSync(own)) cpSync(own, join(directory, service), { recursive: true });
    return [service, directory] as const;
  });
  return Object.fromEntries(directories) as Record<ServiceName, string>; // of all names
}

/** Moves the key pair of a registry out of its data, as secrets have it; gives what the services are told of it. */
export function separateKeys(
  registryData: string,
  target: string,
): SettingsFile['options'] & object {
  const signing = join(registryData, 'registry', 'signing');
  cpSync(signing, target, { recursive: true });
  rmSync(signing, { recursive: true });
  const trustedKey = join(target, 'registry.pub.pem');
  return {
    registry: { signingKey: join(target, 'registry.key.pem') },
    prediction: { trustedKey },
    router: { trustedKey },
  };
}

/** Writes settings into a folder; gives their path. */
export function writeSettings(folder: string, settings: SettingsFile): string {
  const path = join(folder, 'settings.json');
  writeFileSync(path, JSON.stringify(settings));
  return path;
}
