import { type ChildProcess, spawn } from 'node:child_process';

/** Ends the processes that it was told of as soon as nobody can tell it any more. */
const script = `
  const pids = new Set();
  let text = '';
  process.stdin.on('data', (chunk) => {
    const lines = (text + chunk).split('\\n');
    text = lines.pop();
    for (const line of lines) {
      if (line.startsWith('+')) pids.add(Number(line.slice(1)));
      else pids.delete(Number(line.slice(1)));
    }
  });
  process.stdin.on('end', () => {
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGTERM');
      } catch {
        // It is gone already.
      }
    }
  });`;

let watcher: ChildProcess | undefined;

/** Has a process ended, by SIGTERM, when this one is gone before it, by `kill -9` as well. */
export function leaveNothingBehind(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  watcher ??= newWatcher();
  const input = watcher.stdin;
  input?.write(`+${pid}\n`);
  child.once('exit', () => input?.write(`-${pid}\n`));
}

/** Its input closes with this process; it keeps nothing alive, and belongs to no group that a terminal ends. */
function newWatcher(): ChildProcess {
  const made = spawn(process.execPath, ['-e', script], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  made.unref();
  const { stdin } = made;
  if (stdin !== null && 'unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  return made;
}
