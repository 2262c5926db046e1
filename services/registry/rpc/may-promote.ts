import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { ServerCall } from '../../shared/platform/grpc/server-call.ts';

/** Aliases whose versions callers get; the others an author may move to try something. */
const served: ReadonlySet<string> = new Set(['production', 'canary']);

/**
 * Lets an author move aliases that nobody is served by, and an operator or an admin all of them. Without TLS nobody is asked.
 * @throws {MeshError} PERMISSION_DENIED / ROLE_MISSING
 */
export function assertMayPromote(
  { identity }: Pick<ServerCall, 'identity'>,
  { model, alias }: { readonly model: string; readonly alias: string },
): void {
  if (identity === undefined || !served.has(alias)) return;
  if (identity.roles.includes('operator') || identity.roles.includes('admin')) return;
  throw new MeshError({
    code: 'PERMISSION_DENIED',
    reason: 'ROLE_MISSING',
    message: `alias ${alias} of ${model} is for operator or admin to move, and '${identity.name}' has the role ${identity.roles.join(' and ')}; ask an operator`,
  });
}
