import type { ServerResponse } from 'node:http';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { ProblemView } from '../core/views.ts';

/**
 * What a page may do: its own scripts, styles and calls, nothing from other hosts, no frame around it, no plug-in, no form that leaves.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Headers of every answer. */
export const securityHeaders = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** Answers with JSON that nobody keeps. */
export function sendJson(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, {
    ...securityHeaders,
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(value));
}

/** HTTP status of a canonical code. @source https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto */
const statuses: Readonly<Partial<Record<MeshError['code'], number>>> = {
  INVALID_ARGUMENT: 400,
  OUT_OF_RANGE: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  // A precondition is one of the mesh, such as its checklist: 400 would blame the request.
  FAILED_PRECONDITION: 409,
  ABORTED: 409,
  ALREADY_EXISTS: 409,
  RESOURCE_EXHAUSTED: 429,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

/** Gives the status and the text of an error; undefined for what nobody expected, whose text is not for the page. */
export function problemOf(
  error: unknown,
): { readonly status: number; readonly problem: ProblemView } | undefined {
  if (!(error instanceof MeshError)) return undefined;
  const { reason, message } = error;
  return { status: statuses[error.code] ?? 500, problem: { reason, message } };
}
