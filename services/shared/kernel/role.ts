/**
 * What whoever calls may do. `caller` asks for predictions, sends events and outcomes, and sees what serves; `author` makes features and versions; `operator` moves
 * traffic; `admin` may do all; `service` is a process of the mesh.
 */
export const roles = ['caller', 'author', 'operator', 'admin', 'service'] as const;

/** One of {@link roles}. */
export type Role = (typeof roles)[number];

/** Gives a role when the text names one. */
export function roleOf(text: unknown): Role | undefined {
  return roles.find((role) => role === text);
}

/** How a certificate names a role of its holder: a URI among its alternative names, such as `mlmesh:role:operator`. */
export const roleUriPrefix = 'mlmesh:role:';
