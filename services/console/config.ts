import { MeshError } from '../shared/kernel/mesh-error.ts';
import { isLoopback, parseBindAddress } from '../shared/platform/grpc/bind-address.ts';
import type { ServiceConfig } from '../shared/platform/process/service-config.ts';

/** Settings of a console. */
export interface ConsoleConfig {
  /** Whether every action is refused. Option `readOnly`; default false. */
  readonly isReadOnly: boolean;
  /** Names that it is opened under beside those in its certificate, as where something stands before it. Option `hosts`, separated by commas; default none. */
  readonly hosts: readonly string[];
}

/**
 * Reads the settings of a console. Option `port` is that of its address: whoever starts it has looked at it.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG
 */
export function consoleConfig({ options }: Pick<ServiceConfig, 'options'>): ConsoleConfig {
  const known = new Set(['port', 'readOnly', 'hosts']);
  const unknown = Object.keys(options).find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw invalid(`the console has no option ${unknown}; wanted port, readOnly or hosts`);
  }
  const isReadOnly = options['readOnly'] ?? false;
  if (typeof isReadOnly !== 'boolean') {
    throw invalid(`wanted true or false as readOnly, got ${String(isReadOnly)}`);
  }
  const hosts = options['hosts'] ?? '';
  const names = typeof hosts === 'string' && hosts !== '' ? hosts.split(',') : [];
  if (typeof hosts !== 'string' || !names.every((name) => /^[A-Za-z0-9.:_-]+$/.test(name))) {
    throw invalid(
      `wanted names separated by commas as hosts, such as console.example, got ${String(hosts)}`,
    );
  }
  return { isReadOnly, hosts: names.map((name) => name.toLowerCase()) };
}

/**
 * Checks that others than this machine reach the console over HTTPS alone.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG
 */
export function checkReachable({ address, tls }: Pick<ServiceConfig, 'address' | 'tls'>): void {
  const { host } = parseBindAddress(address);
  if (tls !== undefined || isLoopback(host)) return;
  throw invalid(
    `wanted a loopback address or TLS for the console, got '${host}' without TLS; bind 127.0.0.1, or give it certificates of \`mlmesh certs init\``,
  );
}

function invalid(message: string): MeshError {
  return new MeshError({ code: 'INVALID_ARGUMENT', reason: 'INVALID_CONFIG', message });
}
