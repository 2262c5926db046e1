import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Gives the repository's TypeScript files, generated ones left out: tracked, and new ones that git does not ignore. */
export function sourceFiles(): readonly string[] {
  const patterns = ['services', 'native-bench', 'loadtest', 'deploy', 'test'].map(
    (d) => `${d}/*.ts`,
  );
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', ...patterns], {
    encoding: 'utf8',
  });
  return listed
    .split('\n')
    .filter((file) => file !== '' && !file.startsWith('services/gen/') && existsSync(file))
    .sort();
}
