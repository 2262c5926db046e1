import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { workFolder } from './dockerfile.ts';
import { eventually } from './eventually.ts';

/** Why no clean root can be made here; false where it can. */
export const skipCleanRoot = whyNone();

function whyNone(): string | false {
  if (process.getuid?.() !== 0) return 'a root file system of its own is made by root';
  const isThere = (command: string, ...args: readonly string[]) =>
    spawnSync(command, args, { stdio: 'ignore' }).status === 0;
  if (!isThere('debootstrap', '--version')) return 'no debootstrap; `apt-get install debootstrap`';
  return isThere('unshare', '--mount', '--pid', '--fork', 'true') ? false : 'no mounts of its own';
}

/** The shell in which a command begins: a process tree and mounts of its own, as a container has them. */
const ownTree = ['--mount', '--pid', '--fork', '--kill-child'];

/** Makes a Debian that has nothing but Node and npm: what the image begins with. */
export function makeCleanRoot(root: string): void {
  check('debootstrap', ['--variant=minbase', 'bookworm', root]);
  const npm = dirname(dirname(realpathSync(spawnSync('which', ['npm']).stdout.toString().trim())));
  mkdirSync(join(root, 'usr/local/lib/node_modules'), { recursive: true });
  cpSync(process.execPath, join(root, 'usr/local/bin/node'));
  cpSync(npm, join(root, 'usr/local/lib/node_modules/npm'), { recursive: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'));
  for (const file of ['/etc/resolv.conf', '/etc/hosts', ...trusted]) {
    cpSync(file, join(root, file), { dereference: true });
  }
}

/** Makes another root that is the same so far. */
export function copyRoot(root: string, target: string): void {
  check('cp', ['--archive', root, target]);
}

/** Authorities that Node trusts on this machine beside its own, as where a proxy stands before the registry. */
const trusted = [process.env['NODE_EXTRA_CA_CERTS'] ?? ''].filter((file) => file !== '');

/** Runs a step of an image in its working directory. */
export function runInRoot(root: string, command: string): void {
  const script = `mount -t proc proc "$0/proc" && exec chroot "$0" sh -c "$1"`;
  check('unshare', [...ownTree, 'sh', '-c', script, root, `cd ${workFolder} && ${command}`], {
    ...environment,
    // Where packages come from is a matter of the machine.
    ...(trusted[0] === undefined ? {} : { NODE_EXTRA_CA_CERTS: trusted[0] }),
    npm_config_registry: spawnSync('npm', ['config', 'get', 'registry']).stdout.toString().trim(),
  });
}

const environment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

function check(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): void {
  const { status, stdout, stderr } = spawnSync(command, args, {
    ...{ encoding: 'utf8', env, maxBuffer: 2 ** 26 },
  });
  if (status === 0) return;
  throw new Error(`${command} ${args.join(' ')}: ${status}\n${stdout.slice(-2_000)}\n${stderr}`);
}

/** A process in a root that it can not write, as user 1000 and without a right of its own: it writes to its data and to /tmp alone. */
export class RootedProcess {
  readonly child: ChildProcess;
  #text = '';

  /** @param data folder that it has at /var/lib/mlmesh */
  constructor(root: string, data: string, command: readonly string[]) {
    const script = [
      'mount --bind "$0" "$0"',
      'mount -t proc proc "$0/proc"',
      'mount -t tmpfs tmpfs "$0/tmp"',
      'mount --bind "$1" "$0/var/lib/mlmesh"',
      'mount -o remount,ro,bind "$0"',
      'root="$0"; shift',
      `exec chroot --userspec=1000:1000 "$root" "$@"`,
    ].join(' && ');
    const env = { ...environment, NODE_ENV: 'production' };
    this.child = spawn('unshare', [...ownTree, 'sh', '-c', script, root, data, ...command], {
      ...{ stdio: ['ignore', 'pipe', 'pipe'], env, cwd: '/' },
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#text += text;
      });
    }
  }

  /** All that it has written so far. */
  get text(): string {
    return this.#text;
  }

  /** Number of its first process, as this machine has it; undefined before there is one and after it is gone. */
  get firstPid(): number | undefined {
    const { pid } = this.child;
    try {
      const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
      return first === undefined || first === '' ? undefined : Number(first);
    } catch {
      return undefined; // it is gone
    }
  }

  /** Sends a signal to its first process and resolves with the exit status when it is gone. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const { child } = this;
    const isGone = () => child.exitCode !== null || child.signalCode !== null;
    const { firstPid } = this;
    if (!isGone() && firstPid !== undefined) process.kill(firstPid, signal);
    await eventually('the process is gone', isGone, 30_000);
    return child.exitCode;
  }
}
