import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { get as getSecurely } from 'node:https';
import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import { parseBindAddress } from '../shared/platform/grpc/bind-address.ts';
import type { ClientTls } from '../shared/platform/grpc/tls/secure-options.ts';

/** A console that needs longer to say that it is well is not. */
const timeoutMs = 2_000;

/** Gives where the console of a mesh is opened. */
export function consoleUrlOf(address: string, hasTls: boolean): string {
  return `${hasTls ? 'https' : 'http'}://${address}`;
}

/** Asks the console of a mesh, at `host:port`, whether it serves; false when it says no, rejects when it does not answer. Over HTTPS where the mesh has TLS. */
export async function checkConsole(
  address: string,
  signal: AbortSignal,
  tls?: ClientTls,
): Promise<boolean> {
  const { host, port } = parseBindAddress(address);
  const within = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const options = { host, port, path: '/healthz', signal: within, agent: false };
  const request =
    tls === undefined
      ? get(options)
      : getSecurely({
          ...options,
          ca: tls.current.authority,
          // A server name must not be an address (RFC 6066); the name is checked either way.
          ...(isIP(host) === 0 ? { servername: host } : {}),
          checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
        });
  // Whoever waits is told below; what comes after the answer, such as the end of the time, is nobody's business.
  request.on('error', () => undefined);
  const [answer] = (await once(request, 'response')) as [IncomingMessage]; // as its documentation says
  answer.resume();
  return answer.statusCode === 200;
}
