import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import { artifactFileName, signedName } from '../../shared/compute/check-signed-model.ts';
import {
  type SignedModel,
  signatureInvalid,
  signModel,
  verifyModel,
} from '../../shared/compute/model-signature.ts';
import type { UnsignedVersion } from './decide.ts';

/** Signs versions with the key of a registry, and checks what it signed. */
export class VersionSigner {
  readonly #key: KeyObject;
  readonly #publicKey: KeyObject;

  /** @param key a private one */
  constructor(key: KeyObject) {
    this.#key = key;
    this.#publicKey = createPublicKey(key);
  }

  /** Gives the bundle of a version. */
  sign(version: UnsignedVersion): Uint8Array {
    return Buffer.from(signModel(signedModelOf(version), this.#key));
  }

  /**
   * Checks that a bundle is the one of a version, file by file.
   * @throws {MeshError} DATA_LOSS / SIGNATURE_INVALID
   */
  verify(version: UnsignedVersion, bundle: Uint8Array): void {
    const found = verifyModel(Buffer.from(bundle).toString('utf8'), this.#publicKey);
    const wanted = signedModelOf(version);
    if (canonicalJson(found) === canonicalJson(wanted)) return;
    const missing = wanted.files.find(
      ({ name, digest }) =>
        !found.files.some((file) => file.name === name && file.digest === digest),
    );
    throw signatureInvalid(
      `that of ${wanted.name} is about ${found.name} and not about its ${missing?.name ?? 'files alone'}`,
    );
  }
}

/** Gives the file of a version that says all that is known of where it came from. */
export function provenanceFile(version: UnsignedVersion): Buffer {
  const { model, provenance, registeredAtMs, registeredBy } = version;
  const { version: number } = version;
  return Buffer.from(
    canonicalJson({ model, version: number, provenance, registeredAtMs, registeredBy }),
  );
}

function signedModelOf(version: UnsignedVersion): SignedModel {
  const { artifactDigest, artifactFormat, referenceProfileDigest, goldenRequestsDigest } =
    version.provenance;
  return {
    name: signedName(version.model, version.version),
    files: [
      { name: 'golden-requests.json', digest: goldenRequestsDigest },
      { name: artifactFileName(artifactFormat), digest: artifactDigest },
      {
        name: 'provenance.json',
        digest: createHash('sha256').update(provenanceFile(version)).digest('hex'),
      },
      { name: 'reference-profile.json', digest: referenceProfileDigest },
      // A version of foreign origin has an artifact alone.
    ].filter(({ digest }) => digest !== ''),
  };
}
