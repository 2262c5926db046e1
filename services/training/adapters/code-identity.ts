import { execFile } from 'node:child_process';
import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CodeIdentity } from '../ports.ts';

const run = promisify(execFile);
// 10 s: a status of a large work tree on a slow disk takes a few.
const gitMsMax = 10_000;

/**
 * Says which code trains: the commit of the repository whose root is `packageFolder`, or the name and version of the
 * package where there is no such repository (an installed package inside another repository is not that repository's code).
 */
export async function readCodeIdentity(packageFolder: string): Promise<CodeIdentity> {
  const git = async (...args: readonly string[]): Promise<string> => {
    const options = { cwd: packageFolder, timeout: gitMsMax, encoding: 'utf8' as const };
    return (await run('git', args, options)).stdout.trim();
  };
  try {
    const root = await git('rev-parse', '--show-toplevel');
    if ((await realpath(root)) === (await realpath(packageFolder))) {
      const commit = await git('rev-parse', 'HEAD');
      return { commit, isDirty: (await git('status', '--porcelain')) !== '' };
    }
  } catch {
    // No git, no repository or no commit: the package's version is what is known.
  }
  return { commit: await packageVersion(packageFolder), isDirty: false };
}

async function packageVersion(packageFolder: string): Promise<string> {
  const parsed: unknown = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8'));
  const isNamed =
    typeof parsed === 'object' && parsed !== null && 'name' in parsed && 'version' in parsed;
  return isNamed ? `${parsed.name}@${parsed.version}` : 'unknown';
}
