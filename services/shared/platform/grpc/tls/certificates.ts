import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { MeshError, messageOf } from '../../../kernel/mesh-error.ts';
import { WatchedFiles, type WatchNotice } from './watched-files.ts';

/** What one end of a connection proves itself with, and whom it trusts; PEM that fits together. */
export interface CertificateSet {
  /** Certificates of the authorities that are trusted. */
  readonly authority: Buffer;
  readonly certificate: Buffer;
  readonly key: Buffer;
}

/** Certificates as they are now; they change while a process runs. */
export interface Certificates extends Disposable {
  readonly current: CertificateSet;
  /** Calls `listener` when there are others; gives what ends that. */
  onChange(listener: (set: CertificateSet) => void): () => void;
  /** Looks at the files now rather than in a second. */
  look(): Promise<void>;
}

/** Paths of PEM files. */
export interface CertificatePaths {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/**
 * Reads certificates and follows their files.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG when a file is missing, or the key is not that of the certificate, which must be valid now.
 */
export function openCertificates(
  { authority, certificate, key }: CertificatePaths,
  onNotice: (notice: WatchNotice) => void,
): Certificates {
  const paths = [authority, certificate, key];
  return new WatchedFiles({
    paths,
    onNotice,
    parse: ([trusted = none, own = none, secret = none]) => {
      checkFit({ authority: trusted, certificate: own, key: secret }, paths);
      return { authority: trusted, certificate: own, key: secret };
    },
  });
}

const none = Buffer.alloc(0);

function checkFit(set: CertificateSet, [trusted, own, secret]: readonly string[]): void {
  certificateOf(set.authority, trusted);
  const certificate = certificateOf(set.certificate, own);
  if (!certificate.checkPrivateKey(keyOf(set.key, secret))) {
    throw invalid(`wanted the key of certificate ${own}, got another one in ${secret}`);
  }
  checkUsable(set, own);
  // Whoever is connected finds out by being refused; better to say it here.
  const now = Date.now();
  if (Date.parse(certificate.validFrom) > now || Date.parse(certificate.validTo) < now) {
    throw invalid(
      `certificate ${own} is valid from ${certificate.validFrom} to ${certificate.validTo}, which is not now; \`mlmesh certs renew\` makes another`,
    );
  }
}

/** All of a file counts, not its first certificate alone: a chain may be cut off. */
function checkUsable({ authority, certificate, key }: CertificateSet, path?: string): void {
  try {
    createSecureContext({ ca: authority, cert: certificate, key });
  } catch (error) {
    throw invalid(
      `wanted certificates that can be used together, got ${messageOf(error)}, in ${path} or beside it`,
      error,
    );
  }
}

function certificateOf(pem: Buffer, path: string | undefined): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw invalid(`wanted a certificate in PEM in ${path}, got none: ${messageOf(error)}`, error);
  }
}

function keyOf(pem: Buffer, path: string | undefined): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw invalid(`wanted a private key in PEM in ${path}, got none`, error);
  }
}

function invalid(message: string, cause?: unknown): MeshError {
  return new MeshError({ code: 'INVALID_ARGUMENT', reason: 'INVALID_CONFIG', message, cause });
}
