import { generateKeyPairSync } from 'node:crypto';
import { VersionSigner } from '../../services/registry/core/signed-version.ts';

/** A key that tests sign with. */
export const testKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** Gives a signer with {@link testKey}. */
export function testSigner(): VersionSigner {
  return new VersionSigner(testKey.privateKey);
}
