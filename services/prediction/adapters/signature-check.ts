import { readFile } from 'node:fs/promises';
import { checkSignedModel } from '../../shared/compute/check-signed-model.ts';
import { signatureInvalid } from '../../shared/compute/model-signature.ts';
import { readTrustedKey } from '../../shared/platform/store/trusted-key.ts';
import { type ServableSpec, servableId } from '../core/servable-spec.ts';
import type { ArtifactStore, SignatureCheck } from '../ports.ts';

/** Bytes of a signature: it names a few files. */
const bundleBytesMax = 64 * 1024;

/**
 * Checks signatures against the key in a file, which whoever runs the mesh puts there: a registry that was broken into can't vouch for itself. Signatures
 * are kept beside the artifacts, so that a restart needs no registry.
 */
export function trustedSignatures(artifacts: ArtifactStore, keyPath: string): SignatureCheck {
  return {
    async check(spec: ServableSpec, signal: AbortSignal): Promise<void> {
      const { signatureDigest } = spec;
      if (signatureDigest === '') throw signatureInvalid(`version ${servableId(spec)} has none`);
      const ref = { digest: signatureDigest, bytes: bundleBytesMax };
      const bundle = await readFile(await artifacts.fetch(ref, signal));
      checkSignedModel(spec, bundle, readTrustedKey(keyPath));
    },
  };
}
