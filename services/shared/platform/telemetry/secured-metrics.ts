import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { TLSSocket } from 'node:tls';
import { MeshError } from '../../kernel/mesh-error.ts';
import type { CertificateSet } from '../grpc/tls/certificates.ts';
import type { ServerTls } from '../grpc/tls/open-tls.ts';

/** Answers a request for the metrics. */
export type MetricsHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** A Prometheus asks every some seconds; what hangs is not worth a connection for longer. */
const requestMsMax = 10_000;

/** Makes a server of HTTPS that gives metrics at `/metrics` to whoever proves a role, by certificate or bearer token. Certificates are taken up anew when they change. */
export function securedMetrics({ certificates, gate }: ServerTls, give: MetricsHandler): Server {
  const server = createServer(
    // Whoever has no certificate is told why rather than cut off, and may have a token.
    { ...contextOf(certificates.current), requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      const refusal = refusalOf(request, gate);
      if (refusal !== undefined) return send(response, refusal.status, refusal.message);
      if (request.method !== 'GET' || request.url?.replace(/\?.*$/, '') !== '/metrics') {
        return send(response, 404, 'the metrics are at /metrics');
      }
      give(request, response);
    },
  );
  server.requestTimeout = requestMsMax;
  const unfollow = certificates.onChange((set) => server.setSecureContext(contextOf(set)));
  server.once('close', unfollow);
  return server;
}

function contextOf({ authority, certificate, key }: CertificateSet) {
  return { ca: authority, cert: certificate, key, minVersion: 'TLSv1.2' as const };
}

function refusalOf(
  { socket, headers }: IncomingMessage,
  gate: ServerTls['gate'],
): { readonly status: 401 | 403; readonly message: string } | undefined {
  const isProved = socket instanceof TLSSocket && socket.authorized;
  const certificate = isProved ? socket.getPeerCertificate() : undefined;
  try {
    const identity = gate.identityOf(certificate, headers.authorization);
    if (identity === undefined) {
      return { status: 401, message: 'wanted a certificate of the mesh or a bearer token' };
    }
    if (identity.roles.length > 0) return undefined;
    return { status: 403, message: `metrics are for a role, and '${identity.name}' has none` };
  } catch (error) {
    if (error instanceof MeshError) return { status: 401, message: error.message };
    throw error;
  }
}

function send(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${message}\n`);
}
