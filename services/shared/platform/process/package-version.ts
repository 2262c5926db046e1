import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../grpc/load-proto.ts';

/** Gives the version of this package. */
export function packageVersion(): string {
  const text = readFileSync(join(packageRoot, 'package.json'), 'utf8');
  const { version } = JSON.parse(text) as { readonly version: string };
  return version;
}
