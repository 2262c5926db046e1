import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { systemText } from '../../shared/platform/process/machine-text.ts';
import type { TrainingEnvironment } from '../core/provenance.ts';

const run = promisify(execFile);
// 30 s: an interpreter on a cold disk; one that takes longer to say its version hangs.
const askMsMax = 30_000;
// Lists what is installed without pip, which an environment need not have.
const listPackages =
  'import importlib.metadata as m; print("\\n".join(sorted({f"{d.name}=={d.version}" for d in m.distributions() if d.name})))';

/**
 * Describes what a command runs on: the version that its program says, and, where that is a Python, its packages. What can't be asked is
 * called unknown: the command itself says what is wrong.
 */
export async function commandEnvironment(
  command: readonly string[],
  files: TrainingEnvironment['files'],
  signal: AbortSignal,
): Promise<TrainingEnvironment> {
  const [program = ''] = command;
  const ask = async (...args: readonly string[]): Promise<string> => {
    try {
      const { stdout, stderr } = await run(program, args, { timeout: askMsMax, signal });
      return `${stdout}${stderr}`.trim();
    } catch {
      signal.throwIfAborted();
      return ''; // a program without such an option says nothing about itself
    }
  };
  const version = (await ask('--version')).split('\n')[0]?.slice(0, 200) ?? '';
  const isPython = version.startsWith('Python ');
  const packages = isPython ? (await ask('-c', listPackages)).split('\n').filter(Boolean) : [];
  return {
    runtime: version || `${program}, version unknown`,
    system: systemText(),
    packages,
    command: [...command],
    files,
  };
}
