import { createHash, type KeyObject } from 'node:crypto';
import { signatureInvalid, verifyModel } from './model-signature.ts';

/** Which version a signature has to be about. */
export interface SignedVersion {
  readonly model: string;
  readonly version: number;
  readonly artifactDigest: string;
  readonly artifactFormat: string;
  readonly signatureDigest: string;
}

/** Gives the name of the artifact among the files of a signed version. */
export function artifactFileName(format: string): string {
  return `model.${format}`;
}

/** Gives the name under which a version is signed. */
export function signedName(model: string, version: number): string {
  return `${model}@${version}`;
}

/**
 * Checks that a signature is the one of a version, by the trusted key, and names its artifact.
 * @throws {MeshError} DATA_LOSS / SIGNATURE_INVALID saying what does not hold
 */
export function checkSignedModel(
  version: SignedVersion,
  bundle: Uint8Array,
  trustedKey: KeyObject,
): void {
  const { model, artifactDigest, artifactFormat, signatureDigest } = version;
  const name = signedName(model, version.version);
  const digest = createHash('sha256').update(bundle).digest('hex');
  if (digest !== signatureDigest) {
    throw signatureInvalid(
      `that of ${name} has the SHA-256 ${digest} instead of ${signatureDigest}`,
    );
  }
  const signed = verifyModel(Buffer.from(bundle).toString('utf8'), trustedKey);
  const file = artifactFileName(artifactFormat);
  const found = signed.files.find((candidate) => candidate.name === file)?.digest;
  if (signed.name !== name) throw signatureInvalid(`that of ${name} is about ${signed.name}`);
  if (found === artifactDigest) return;
  throw signatureInvalid(
    `that of ${name} names ${file} with the SHA-256 ${found ?? 'none'} instead of ${artifactDigest}`,
  );
}
