import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { TlsSettings } from '../../shared/platform/process/tls-settings.ts';
import { userName } from '../../shared/platform/process/user-name.ts';

/** Where things are in a folder that `mlmesh certs` makes. */
export interface TlsFolder {
  readonly path: string;
  readonly authority: string;
  readonly authorityKey: string;
  /** Who may do what, beside what certificates say. */
  readonly access: string;
}

/** What a certificate is for. */
export type HolderKind = 'services' | 'people';

/** Gives the paths in a folder of certificates. */
export function tlsFolder(path: string): TlsFolder {
  return {
    path,
    authority: join(path, 'authority.pem'),
    authorityKey: join(path, 'authority.key'),
    access: join(path, 'access.json'),
  };
}

/** Gives the files of a service or a person, and of whom it trusts. */
export function settingsOf(path: string, kind: HolderKind, name: string): TlsSettings {
  const { authority, access } = tlsFolder(path);
  return {
    authority,
    certificate: join(path, kind, `${name}.pem`),
    key: join(path, kind, `${name}.key`),
    access: kind === 'services' ? access : undefined,
  };
}

/** Gives the names that have a certificate. */
export function holdersIn(path: string, kind: HolderKind): readonly string[] {
  const folder = join(path, kind);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.pem'))
    .map((file) => file.slice(0, -'.pem'.length))
    .sort();
}

/**
 * Gives the files of who runs this command: the person that is named, or else who has the name of the system's user, or else the only one.
 * @throws {MeshError} FAILED_PRECONDITION / INVALID_CONFIG when it is nobody, or one of several.
 */
export function ownSettings(path: string, as: string | undefined): TlsSettings {
  const people = holdersIn(path, 'people');
  const user = as ?? userName();
  const found = people.find((name) => name === user);
  const only = as === undefined && people.length === 1 ? people[0] : undefined;
  const name = found ?? only;
  if (name !== undefined) return settingsOf(path, 'people', name);
  const known = people.length === 0 ? 'none' : people.join(', ');
  throw new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'INVALID_CONFIG',
    message: `wanted a certificate of '${user}' in ${join(path, 'people')}, which has ${known}; name one with --as <name>, or make one with \`mlmesh certs person ${user} --dir ${path}\``,
  });
}
