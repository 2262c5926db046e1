import { setMaxListeners } from 'node:events';
import { MeshError } from '../shared/kernel/mesh-error.ts';
import { systemClock } from '../shared/platform/process/system-clock.ts';
import { exitCodes } from './exit-code.ts';
import { processOutput } from './output.ts';
import { runProgram } from './program.ts';

const stop = new AbortController();
// Every call that is under way listens; the default of 10 would call that a leak.
setMaxListeners(0, stop.signal);
const force = new AbortController();

const forceExitMs = 2_000; // what was killed is gone in milliseconds; this is for what hangs in this process

function onSignal(name: string): void {
  if (!stop.signal.aborted) {
    stop.abort(
      new MeshError({
        code: 'CANCELLED',
        reason: 'CALL_CANCELLED',
        message: `ended by ${name}`,
      }),
    );
    return;
  }
  force.abort();
  setTimeout(() => process.exit(exitCodes.interrupted), forceExitMs).unref();
}

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => onSignal(name));
}
// `mlmesh models list | head`: the reader is gone, and that is all right.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.ok);
  throw error;
});
process.stderr.on('error', () => undefined);

process.exitCode = await runProgram(process.argv.slice(2), {
  output: processOutput,
  clock: systemClock,
  signal: stop.signal,
  forceSignal: force.signal,
});
