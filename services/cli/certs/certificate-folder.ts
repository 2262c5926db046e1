import { randomBytes, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../shared/kernel/clock.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { type Role, roleOf, roleUriPrefix } from '../../shared/kernel/role.ts';
import {
  type CertificateSubject,
  type IssuedPair,
  issueCertificate,
  makeAuthority,
  type Validity,
} from '../../shared/platform/certificates/issue-certificate.ts';
import { parseAccessList, tokenDigest } from '../../shared/platform/grpc/tls/access-list.ts';
import { replaceFile } from '../../shared/platform/process/replace-file.ts';
import { type HolderKind, holdersIn, settingsOf, tlsFolder } from './tls-folder.ts';

/** A certificate of a folder. */
export interface HeldCertificate extends CertificateSubject {
  readonly kind: HolderKind;
  /** Epoch ms. */
  readonly untilMs: number;
}

const dayMs = 86_400_000;
/** An authority outlives what it signs; ten years is what such a development authority is replaced in, if ever. */
const authorityDays = 3_650;
/** Machines whose clocks are a little apart must agree that it counts already. */
const skewMs = 3_600_000;
/** Only the owner reads a key. */
const secretMode = 0o600;

/** Makes the folder with its authority, and an access list that says nothing. @throws {MeshError} ALREADY_EXISTS / INVALID_CONFIG */
export async function initFolder(path: string, mesh: string, clock: Clock): Promise<void> {
  const { authority, authorityKey, access } = tlsFolder(path);
  if (existsSync(authority)) {
    throw new MeshError({
      code: 'ALREADY_EXISTS',
      reason: 'INVALID_CONFIG',
      message: `${path} has an authority already; \`mlmesh certs renew\` makes new certificates, and another folder a new authority`,
    });
  }
  mkdirSync(path, { recursive: true });
  const pair = await makeAuthority(mesh, validityOf(authorityDays, clock));
  replaceFile(authorityKey, pair.key, secretMode);
  replaceFile(authority, pair.certificate);
  if (!existsSync(access)) {
    const empty = { certificates: {}, tokens: [] };
    replaceFile(access, `${JSON.stringify(empty, undefined, 2)}\n`);
  }
}

/** Makes a certificate, or another in its place. @throws {MeshError} FAILED_PRECONDITION / INVALID_CONFIG where the folder has no authority. */
export async function issueInto(
  path: string,
  kind: HolderKind,
  subject: CertificateSubject,
  { days, clock }: { readonly days: number; readonly clock: Clock },
): Promise<void> {
  const pair = await issueCertificate(readAuthority(path), subject, validityOf(days, clock));
  const files = settingsOf(path, kind, subject.name);
  mkdirSync(join(path, kind), { recursive: true });
  // Whoever follows the files takes them when they fit together.
  replaceFile(files.key, pair.key, secretMode);
  replaceFile(files.certificate, pair.certificate);
}

/** Gives all certificates of a folder. */
export function heldIn(path: string): readonly HeldCertificate[] {
  const kinds = ['services', 'people'] as const;
  return kinds.flatMap((kind) => holdersIn(path, kind).map((name) => readHeld(path, kind, name)));
}

/**
 * Adds a bearer token to the access list and gives it. The list has its digest alone, so this is the only time that it can be read.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG where the list can't be read
 */
export function addToken(
  path: string,
  token: { readonly name: string; readonly roles: readonly Role[]; readonly expires?: string },
): string {
  const { access } = tlsFolder(path);
  const text = existsSync(access) ? readFileSync(access, 'utf8') : '{}';
  parseAccessList(text);
  const list = JSON.parse(text) as { readonly tokens?: readonly unknown[] }; // parseAccessList has looked at it
  // 32 random bytes can't be guessed, so a plain digest protects them.
  const secret = randomBytes(32).toString('base64url');
  const tokens = [...(list.tokens ?? []), { ...token, sha256: tokenDigest(secret) }];
  const changed = JSON.stringify({ ...list, tokens }, undefined, 2);
  parseAccessList(changed);
  replaceFile(access, `${changed}\n`);
  return secret;
}

function readHeld(path: string, kind: HolderKind, name: string): HeldCertificate {
  const { certificate } = settingsOf(path, kind, name);
  const parsed = new X509Certificate(readFileSync(certificate));
  const names = (parsed.subjectAltName ?? '').split(', ');
  const named = (prefix: string) =>
    names.filter((one) => one.startsWith(prefix)).map((one) => one.slice(prefix.length));
  return {
    kind,
    name,
    roles: named(`URI:${roleUriPrefix}`)
      .map(roleOf)
      .filter((role) => role !== undefined),
    hosts: [...named('DNS:'), ...named('IP Address:')],
    untilMs: Date.parse(parsed.validTo),
  };
}

function readAuthority(path: string): IssuedPair {
  const { authority, authorityKey } = tlsFolder(path);
  if (existsSync(authority) && existsSync(authorityKey)) {
    return {
      certificate: readFileSync(authority, 'utf8'),
      key: readFileSync(authorityKey, 'utf8'),
    };
  }
  throw new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'INVALID_CONFIG',
    message: `wanted an authority, ${authority} and ${authorityKey}, got none; \`mlmesh certs init --dir ${path}\` makes one`,
  });
}

function validityOf(days: number, clock: Clock): Validity {
  const now = clock.epoch();
  return { fromMs: now - skewMs, untilMs: now + days * dayMs };
}
