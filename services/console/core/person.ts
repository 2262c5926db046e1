import type { Role } from '../../shared/kernel/role.ts';

/** Somebody who has signed in. */
export interface Person {
  /** Name that the access list has for their token. */
  readonly name: string;
  readonly roles: readonly Role[];
  /** Their bearer token, in whose name the console asks and acts. */
  readonly token: string;
}

/** What a page tells of whoever has signed in. */
export interface PersonView {
  readonly name: string;
  readonly roles: readonly string[];
}

/** Roles whose actions the console offers: the registry and the monitor, which decide, let others do none of them. */
const actingRoles: ReadonlySet<string> = new Set<Role>(['operator', 'admin']);

/** Gives why whoever looks can't act, for them to read; '' where they can. */
export function whyReadOnly(isReadOnly: boolean, person: PersonView | undefined): string {
  if (isReadOnly) return 'this console is read-only';
  if (person === undefined || person.roles.some((role) => actingRoles.has(role))) return '';
  const has = person.roles.join(' and ') || 'none';
  return `actions are for the role operator, and ${person.name} has ${has}`;
}
