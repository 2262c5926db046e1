import { MeshError, messageOf } from '../../kernel/mesh-error.ts';

const timeoutMs = 10_000; // a receiver that takes longer is as good as down
/** Statuses that say that the same request may do later. @source RFC 9110 15.5.9, RFC 6585 4 */
const laterStatuses = new Set([408, 425, 429]);

/**
 * Sends JSON to a URL by POST; resolves when it was taken with a status of 2xx. The answer's body is not read.
 * @throws {MeshError} UNAVAILABLE / PEER_UNAVAILABLE when it may do later; FAILED_PRECONDITION / PEER_REFUSED when it never will
 */
export async function postJson(url: string, body: unknown, signal: AbortSignal): Promise<void> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error', // what is meant for one host goes to no other
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
  } catch (error) {
    throw notTaken(url, messageOf(error), true, error);
  }
  await response.body?.cancel();
  if (response.ok) return;
  const { status } = response;
  throw notTaken(url, `status ${status}`, status >= 500 || laterStatuses.has(status));
}

function notTaken(url: string, got: string, isLater: boolean, cause?: unknown): MeshError {
  // What follows the host may be a secret.
  const message = `wanted ${new URL(url).origin} to take a message, got ${got}`;
  return isLater
    ? new MeshError({ code: 'UNAVAILABLE', reason: 'PEER_UNAVAILABLE', message, cause })
    : new MeshError({ code: 'FAILED_PRECONDITION', reason: 'PEER_REFUSED', message, cause });
}
