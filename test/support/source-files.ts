import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Gives the repository's TypeScript files, generated ones left out: tracked, and new ones that git does not ignore. */
export function sourceFiles(): readonly string[] {
  const folders = ['services', 'native-bench', 'loadtest', 'deploy', 'test'];
  const patterns = folders.flatMap((folder) => [`${folder}/*.ts`, `${folder}/*.tsx`]);
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', ...patterns], {
    encoding: 'utf8',
  });
  return listed
    .split('\n')
    .filter((file) => file !== '' && !file.startsWith('services/gen/') && existsSync(file))
    .sort();
}
