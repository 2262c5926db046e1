import { X509Certificate } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { CertificateSet, Certificates } from '../../shared/platform/grpc/tls/certificates.ts';

/** What a console serves HTTPS with. */
export interface ConsoleTls {
  readonly certificates: Pick<Certificates, 'current' | 'onChange'>;
  /** Names that it is opened under beside those in its certificate. */
  readonly hosts: readonly string[];
}

/** Makes a server: of HTTPS where there are certificates, which it takes up anew when they change. */
export function createConsoleServer(
  tls: ConsoleTls | undefined,
  listener: RequestListener,
): Server {
  if (tls === undefined) return createServer(listener);
  const { certificates } = tls;
  const server = createSecureServer(contextOf(certificates.current), listener);
  const unfollow = certificates.onChange((set) => server.setSecureContext(contextOf(set)));
  server.once('close', unfollow);
  return server;
}

function contextOf({ certificate, key }: CertificateSet) {
  return { cert: certificate, key, minVersion: 'TLSv1.2' as const };
}

/** Gives the names and addresses that a console is opened under over HTTPS; none without. */
export function hostsOf(tls: ConsoleTls | undefined): ReadonlySet<string> {
  if (tls === undefined) return new Set();
  const { subjectAltName = '' } = new X509Certificate(tls.certificates.current.certificate);
  const named = subjectAltName.split(', ').flatMap((text) => {
    const [, name] = /^(?:DNS|IP Address):(.+)$/.exec(text) ?? [];
    return name === undefined ? [] : [isAddress(name) ? shortAddress(name) : name.toLowerCase()];
  });
  return new Set([...named, ...tls.hosts]);
}

function isAddress(name: string): boolean {
  return name.includes(':');
}

/** An IPv6 address as browsers write it: Node writes each group of a certificate's. */
function shortAddress(address: string): string {
  return new URL(`https://[${address}]`).hostname.slice(1, -1);
}
