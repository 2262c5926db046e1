import type { PeerCertificate } from 'node:tls';
import { MeshError } from '../../../kernel/mesh-error.ts';
import { type Role, roleOf, roleUriPrefix } from '../../../kernel/role.ts';
import { type AccessList, tokenDigest } from './access-list.ts';

/** Who calls, as it was proved. */
export interface Identity {
  readonly kind: 'certificate' | 'token';
  /** Common name of the certificate, or the name that the access list has for the token. */
  readonly name: string;
  readonly roles: readonly Role[];
}

/** What knows who calls. */
export interface IdentityReader {
  /**
   * Gives who makes a call that has passed.
   * @param certificate that of the caller, where it was verified
   */
  identityOf(
    certificate: NamedCertificate | undefined,
    authorization: string | undefined,
  ): Identity | undefined;
}

/** What of a certificate says who its holder is. */
export type NamedCertificate = Partial<Pick<PeerCertificate, 'subject' | 'subjectaltname'>>;

/** Gives the holder of a certificate that was verified; undefined where it names nobody. */
export function holderOf(certificate: NamedCertificate, list: AccessList): Identity | undefined {
  const commonName: unknown = certificate.subject?.CN;
  const name: unknown = Array.isArray(commonName) ? commonName[0] : commonName;
  if (typeof name !== 'string' || name === '') return undefined;
  const roles = list.certificates.get(name) ?? rolesIn(certificate.subjectaltname ?? '');
  return { kind: 'certificate', name, roles };
}

/** Node writes names with a comma or a quote in quotes; one of ours has neither, so where there are quotes, no role is believed. */
function rolesIn(names: string): readonly Role[] {
  if (names.includes('"')) return [];
  const prefix = `URI:${roleUriPrefix}`;
  return names
    .split(', ')
    .filter((name) => name.startsWith(prefix))
    .map((name) => roleOf(name.slice(prefix.length)))
    .filter((role) => role !== undefined);
}

/**
 * Gives the holder of the token in an `authorization` header.
 * @throws {MeshError} UNAUTHENTICATED / TOKEN_UNKNOWN
 */
export function bearerOf(authorization: string, list: AccessList, nowMs: number): Identity {
  const [, token] = /^Bearer ([^\s]+)$/i.exec(authorization) ?? [];
  const known = token === undefined ? undefined : list.tokens.get(tokenDigest(token));
  if (known === undefined) {
    throw unknownToken('the access list of the server does not have it; ask an admin for one');
  }
  if (known.expiresMs <= nowMs) {
    throw unknownToken(`that of '${known.name}' has expired; ask an admin for another`);
  }
  return { kind: 'token', name: known.name, roles: known.roles };
}

function unknownToken(why: string): MeshError {
  return new MeshError({
    code: 'UNAUTHENTICATED',
    reason: 'TOKEN_UNKNOWN',
    message: `wanted a bearer token that counts: ${why}`,
  });
}
