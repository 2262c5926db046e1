import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import { artifactFileName, signedName } from '../../shared/compute/check-signed-model.ts';
import { signatureInvalid, verifyModel } from '../../shared/compute/model-signature.ts';
import { recordedProvenance } from '../../shared/compute/recorded-provenance.ts';
import { downloadBlob } from '../../shared/platform/grpc/download-blob.ts';
import { readTrustedKey } from '../../shared/platform/store/trusted-key.ts';
import type { CheckPlace, KnownVersion } from './check-subject.ts';
import { digestOf } from './digest-of.ts';

/** What was found when everything of a version was read and hashed again. */
export interface VerifiedVersion {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Reads everything that a version is signed with, computes each digest again and checks the signature over all of it by the key of this mesh.
 * @throws {MeshError} DATA_LOSS / ARTIFACT_CORRUPT, SIGNATURE_INVALID
 */
export async function verifyVersion(
  place: CheckPlace,
  { registered, provenance }: KnownVersion,
): Promise<VerifiedVersion> {
  const bundle = await downloadBlob(place.connection, registered.signatureDigest, place.signal);
  const key = readTrustedKey(place.trustedKey);
  const signed = verifyModel(Buffer.from(bundle).toString('utf8'), key);
  const name = signedName(registered.model, registered.version);
  if (signed.name !== name) throw signatureInvalid(`that of ${name} is about ${signed.name}`);
  const statement = canonicalJson({
    model: registered.model,
    version: registered.version,
    provenance: recordedProvenance(provenance),
    registeredAtMs: registered.registeredAtMs,
    registeredBy: registered.registeredBy,
  });
  const wanted = new Map([
    [artifactFileName(provenance.artifactFormat), provenance.artifactDigest],
    ['golden-requests.json', provenance.goldenRequestsDigest],
    ['reference-profile.json', provenance.referenceProfileDigest],
    ['provenance.json', digestOf(statement)],
  ]);
  for (const [file, digest] of wanted) {
    if (digest === '') continue; // a version of foreign origin has an artifact alone
    const found = signed.files.find((candidate) => candidate.name === file)?.digest;
    if (found === digest) continue;
    throw signatureInvalid(
      `that of ${name} names ${file} with the SHA-256 ${found ?? 'none'} instead of ${digest}`,
    );
  }
  let bytes = statement.length;
  for (const { name: file, digest } of signed.files) {
    if (file !== 'provenance.json')
      bytes += (await downloadBlob(place.connection, digest, place.signal)).length;
  }
  return { files: signed.files.length, bytes };
}
