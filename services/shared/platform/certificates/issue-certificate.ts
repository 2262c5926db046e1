import 'reflect-metadata'; // what the library below wants to find
import type { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { MeshError } from '../../kernel/mesh-error.ts';
import { type Role, roleUriPrefix } from '../../kernel/role.ts';

/** A certificate and its private key, each as PEM. */
export interface IssuedPair {
  readonly certificate: string;
  readonly key: string;
}

/** Whom a certificate is for. */
export interface CertificateSubject {
  /** Common name: what the mesh's log calls its holder. Letters, digits, `.`, `_`, `@` and `-`. */
  readonly name: string;
  readonly roles: readonly Role[];
  /** Names and addresses under which its holder is connected to; none for somebody who only calls. */
  readonly hosts: readonly string[];
}

/** From when to when a certificate counts, epoch ms. */
export interface Validity {
  readonly fromMs: number;
  readonly untilMs: number;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** Makes an authority: a key and a certificate that signs itself. It is for one mesh, and signs no other authority. */
export async function makeAuthority(name: string, validity: Validity): Promise<IssuedPair> {
  checkName(name);
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...numbered(validity),
    name: [{ CN: [name] }],
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pemOf(certificate), key: await keyPem(keys.privateKey) };
}

/**
 * Makes a certificate and its key. One without hosts is for callers alone: no server can be it.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG when the name is none, or the authority's key is not its own.
 */
export async function issueCertificate(
  authority: IssuedPair,
  subject: CertificateSubject,
  validity: Validity,
): Promise<IssuedPair> {
  checkName(subject.name);
  const issuer = new X509Certificate(authority.certificate);
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create({
    ...numbered(validity),
    subject: [{ CN: [subject.name] }],
    issuer: issuer.subjectName,
    publicKey: keys.publicKey,
    signingAlgorithm: algorithm,
    signingKey: await importKey(authority.key),
    extensions: [
      ...extensionsOf(subject),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pemOf(certificate), key: await keyPem(keys.privateKey) };
}

function extensionsOf({ roles, hosts }: CertificateSubject): readonly Extension[] {
  const { clientAuth, serverAuth } = ExtendedKeyUsage;
  const usages = hosts.length === 0 ? [clientAuth] : [serverAuth, clientAuth];
  const names: readonly JsonGeneralName[] = [
    ...hosts.map(
      (host): JsonGeneralName => ({ type: isIP(host) === 0 ? 'dns' : 'ip', value: host }),
    ),
    ...roles.map((role): JsonGeneralName => ({ type: 'url', value: `${roleUriPrefix}${role}` })),
  ];
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension(usages),
    new SubjectAlternativeNameExtension([...names]),
  ];
}

function numbered({ fromMs, untilMs }: Validity) {
  return {
    // 16 random bytes: authorities give none twice.
    serialNumber: Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('hex'),
    notBefore: new Date(fromMs),
    notAfter: new Date(untilMs),
  };
}

function pemOf(certificate: X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}

async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  const base64 = Buffer.from(await crypto.subtle.exportKey('pkcs8', key)).toString('base64');
  const lines = base64.match(/.{1,64}/g) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`;
}

async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const bytes = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  try {
    return await crypto.subtle.importKey('pkcs8', bytes, algorithm, false, ['sign']);
  } catch (error) {
    throw invalid('wanted the key of an authority that `mlmesh certs init` made', error);
  }
}

/** What is in a name goes into logs and the names of files. */
function checkName(name: string): void {
  if (/^[\w@-][\w.@-]{0,63}$/.test(name)) return;
  throw invalid(
    `wanted 1 to 64 letters, digits, '.', '_', '@' and '-' as the name of a certificate, got '${name.slice(0, 64)}'`,
  );
}

function invalid(message: string, cause?: unknown): MeshError {
  return new MeshError({ code: 'INVALID_ARGUMENT', reason: 'INVALID_CONFIG', message, cause });
}
