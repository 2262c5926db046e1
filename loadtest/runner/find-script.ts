import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { packageRoot } from '../../services/shared/platform/grpc/load-proto.ts';
import { RunError, runExitCodes } from './run-error.ts';

const ownFolder = join(packageRoot, 'loadtest', 'scripts');
/** Scripts that come with mlmesh, by name. */
const ownNames = ['steady', 'ramp', 'spike', 'soak'];

/**
 * Gives the absolute path of a script: a file, or one of those that come with mlmesh by its name.
 * @throws {RunError} when there is none
 */
export function findScript(script: string): string {
  const file = resolve(script);
  if (statSync(file, { throwIfNoEntry: false })?.isFile() === true) return file;
  if (ownNames.includes(script)) return join(ownFolder, `${script}.ts`);
  const beside = statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
  const found = beside ? `; in that folder are ${readdirSync(file).join(', ')}` : '';
  throw new RunError(
    `no script at ${file}${found}; give a file, or one of ${ownNames.join(', ')}, such as \`npm run loadtest -- steady\``,
    { exitCode: runExitCodes.usage },
  );
}
