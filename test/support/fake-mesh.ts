import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type ServiceConfig,
  serviceConfigVariable,
} from '../../services/shared/platform/process/service-config.ts';
import type { ServiceName } from '../../services/shared/platform/process/service-name.ts';
import type { ServiceSpec } from '../../services/shared/platform/process/supervisor.ts';

/** Makes an empty folder that goes when the `using` block ends. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'mlmesh-test-'));
  return {
    path,
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** Gives the specification of a fake service that listens on `port`, or on a free one. */
export function fakeService(
  folder: string,
  service: ServiceName,
  options: ServiceConfig['options'] = {},
): ServiceSpec {
  const address = `127.0.0.1:${options['port'] ?? 0}`;
  const config: ServiceConfig = {
    service,
    meshName: 'fake',
    meshModule: '/dev/null',
    dataDirectory: folder,
    address,
    addresses: {
      registry: [address],
      feature: [address],
      prediction: [address],
      monitor: [address],
      router: [address],
    },
    hasVirtualClock: false,
    telemetryEndpoint: undefined,
    options,
  };
  return {
    name: service,
    modulePath: fileURLToPath(new URL('./fake-service.js', import.meta.url)),
    environment: { [serviceConfigVariable]: JSON.stringify(config) },
    logPath: join(folder, `${service}.log`),
  };
}

/** Gives what the fake services noted, in order, without their pids. */
export function fakeEvents(folder: string): readonly string[] {
  const text = readFileSync(join(folder, 'events'), 'utf8').trim();
  return text.split('\n').map((line) => line.replace(/ \d+$/, ''));
}

/** Gives the pids that the fake services noted. */
export function fakePids(folder: string): readonly number[] {
  const text = readFileSync(join(folder, 'events'), 'utf8');
  return [...text.matchAll(/ (\d+)$/gm)].map((match) => Number(match[1]));
}
