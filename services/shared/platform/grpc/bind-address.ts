import { createServer } from 'node:net';
import { ServerCredentials } from '@grpc/grpc-js';
import { MeshError } from '../../kernel/mesh-error.ts';
import type { ServerTls } from './tls/open-tls.ts';
import { tlsServerCredentials } from './tls/server-credentials.ts';

/** Where a server binds, taken apart. */
export interface BindAddress {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

/**
 * Reads `host:port`; an IPv6 host stands in brackets.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG when it is anything else.
 */
export function parseBindAddress(address: string): BindAddress {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(address);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || !(port <= 65_535)) {
    throw invalidConfig(`wanted an address such as 127.0.0.1:5001 or [::1]:5001, got '${address}'`);
  }
  return { host, port };
}

/**
 * Gives a server's credentials: plain text is for loopback alone.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG when another address has no TLS.
 */
export function serverCredentials(
  { host }: BindAddress,
  tls: ServerTls | undefined,
): ServerCredentials {
  if (tls !== undefined) return tlsServerCredentials(tls.certificates);
  if (isLoopback(host)) return ServerCredentials.createInsecure();
  throw invalidConfig(
    `wanted a loopback address or TLS, got '${host}' without TLS; bind 127.0.0.1, or start the mesh with \`mlmesh up --tls <folder>\`, whose certificates \`mlmesh certs init\` makes`,
  );
}

/** Says whether nobody outside this machine reaches a host. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * Asks the system whether an address is free. grpc-js keeps only the text of the system's error, and prints it.
 * @throws {MeshError} UNAVAILABLE / PORT_TAKEN.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG when the system refuses the address for another reason.
 */
export async function checkFree(address: BindAddress): Promise<void> {
  const cause = await listenError(address);
  if (cause === undefined) return;
  const name = `${address.host}:${address.port}`;
  if (cause.code === 'EADDRINUSE') {
    throw new MeshError({
      code: 'UNAVAILABLE',
      reason: 'PORT_TAKEN',
      message: `wanted to listen on ${name}, but another process does; stop it or choose another port`,
      detail: { address: name },
      cause,
    });
  }
  throw invalidConfig(
    `wanted to listen on ${name}, but the system refuses (${cause.code}); choose another address`,
    cause,
  );
}

function listenError({ host, port }: BindAddress): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', resolve);
    probe.listen(port, host, () => probe.close(() => resolve(undefined)));
  });
}

function invalidConfig(message: string, cause?: unknown): MeshError {
  return new MeshError({ code: 'INVALID_ARGUMENT', reason: 'INVALID_CONFIG', message, cause });
}
