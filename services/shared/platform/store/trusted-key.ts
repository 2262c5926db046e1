import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { signatureInvalid } from '../../compute/model-signature.ts';
import { messageOf } from '../../kernel/mesh-error.ts';
import type { ServiceConfig } from '../process/service-config.ts';

/** Gives the path of the registry's public key in a data directory. */
export function trustedKeyPath(dataDirectory: string): string {
  return join(dataDirectory, 'registry', 'signing', 'registry.pub.pem');
}

/** Gives the path of the key that a service trusts: the option `trustedKey`, or the registry's own in the same data directory. */
export function trustedKeyOption({
  options,
  dataDirectory,
}: Pick<ServiceConfig, 'options' | 'dataDirectory'>): string {
  const path = options['trustedKey'];
  return typeof path === 'string' ? path : trustedKeyPath(dataDirectory);
}

/**
 * Reads the key whose signatures are trusted, a public one in PEM.
 * @throws {MeshError} DATA_LOSS / SIGNATURE_INVALID when there is none
 */
export function readTrustedKey(path: string): KeyObject {
  try {
    return createPublicKey(readFileSync(path));
  } catch (error) {
    throw signatureInvalid(
      `the trusted key at ${path} cannot be read (${messageOf(error)})`,
      error,
    );
  }
}
