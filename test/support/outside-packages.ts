import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A package of npm that a test takes a model out of, and nothing else: it is no dependency, since what it depends on is larger than the model. */
export interface OutsidePackage {
  readonly name: string;
  readonly version: string;
  /** SHA-512 of its tarball, base64: what npm calls its integrity. */
  readonly sha512: string;
  readonly license: string;
}

/** Silero's voice activity detector, as ONNX. */
export const vadPackage: OutsidePackage = {
  name: '@ricky0123/vad-web',
  version: '0.0.31',
  sha512:
    'ePVq8TvB21sdHSxVMZOEIf9JVa7MAYpaIaNXeGgsPOiMCN8xbPCdF2LS5aYj7VRR3ZxzutedgV9ZplV65IA1Fg==',
  license: 'ISC',
};

/** A MobileNet that classifies images of 224 x 224 x 3, as tfjs layers. */
export const imagesPackage: OutsidePackage = {
  name: 'nsfwjs',
  version: '4.4.0',
  sha512:
    'krC1fgeTLXtZwgdpKJ0jm7hqv0gTSRQQRL+FhOaxaJ9Wj92t42BO3csO2odwgTAgZgf2RvkwPtp0R8Aa7dc+MA==',
  license: 'MIT',
};

const cache = resolve('.mlmesh', 'packages');

/**
 * Gives the folder of a package, whose tarball is fetched once by npm and held to its digest.
 * @throws when npm can't fetch it, or it is another one
 */
export function packageFolder({ name, version, sha512 }: OutsidePackage): string {
  const folder = join(cache, `${name.replace('@', '').replace('/', '-')}-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'fetching-'));
  try {
    const text = execFileSync(
      'npm',
      ['pack', `${name}@${version}`, '--json', '--pack-destination', work],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const [{ filename }] = JSON.parse(text);
    const tarball = join(work, String(filename).replace('@', '').replace('/', '-'));
    const found = createHash('sha512').update(readFileSync(tarball)).digest('base64');
    if (found !== sha512)
      throw new Error(`wanted ${name}@${version} with the SHA-512 ${sha512}, got ${found}`);
    execFileSync('tar', ['-xzf', tarball, '-C', work]);
    renameSync(join(work, 'package'), folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}

/** Why tests with these packages can't run here; false where they can, and in CI, where they must. */
export function skipOutside(...packages: readonly OutsidePackage[]): string | false {
  try {
    for (const each of packages) packageFolder(each);
    return false;
  } catch (error) {
    if (process.env['CI'] !== undefined) throw error;
    return `npm can't fetch ${packages.map(({ name }) => name).join(' or ')}`;
  }
}
