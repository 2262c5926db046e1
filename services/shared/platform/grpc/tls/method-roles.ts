import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Role, roleOf } from '../../../kernel/role.ts';
import { packageRoot } from '../load-proto.ts';

/** Whether a method answers and learns from the traffic, or changes what does. */
export type Plane = 'data' | 'admin';

/** Who may call a method. */
export interface MethodRoles {
  readonly plane: Plane;
  /** At least one. `caller` means everybody who has a role; an admin may call all methods. */
  readonly roles: readonly Role[];
}

/**
 * Gives the table of the contract, `proto/roles.json`, by the path of a method such as `/mlmesh.router.v1.RouterService/Predict`. What is not in it can be called by nobody.
 */
export function readMethodRoles(): ReadonlyMap<string, MethodRoles> {
  const text = readFileSync(join(packageRoot, 'proto', 'roles.json'), 'utf8');
  const services = fieldsOf(JSON.parse(text), 'proto/roles.json');
  return new Map(
    Object.entries(services).flatMap(([service, methods]) =>
      Object.entries(fieldsOf(methods, service)).map(
        ([method, entry]) => [`/${service}/${method}`, rolesOf(entry, method)] as const,
      ),
    ),
  );
}

function rolesOf(entry: unknown, method: string): MethodRoles {
  const { plane, roles: texts } = fieldsOf(entry, method);
  if (plane !== 'data' && plane !== 'admin') throw new Error(`${method} has no plane`);
  const roles = Array.isArray(texts) ? texts.map(roleOf) : [];
  const known = roles.filter((role) => role !== undefined);
  if (known.length === 0 || known.length < roles.length) throw new Error(`${method} has no roles`);
  return { plane, roles: known };
}

function fieldsOf(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new Error(`wanted an object at ${where}`);
  return value as Readonly<Record<string, unknown>>;
}
