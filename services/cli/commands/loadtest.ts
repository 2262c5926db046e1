import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { exitCodes, UsageError } from '../exit-code.ts';
import { findMesh } from '../find-mesh.ts';
import { newMeshCommand } from '../mesh-command.ts';

interface LoadtestOptions {
  readonly data?: string;
  readonly json?: true;
  readonly env: readonly string[];
  readonly rate?: string;
  readonly duration?: string;
  readonly summaryExport?: string;
  /** File, or false for none; undefined means the default. */
  readonly report?: string | false;
}

/** Gives the command `loadtest`: runs a k6 script against the running mesh, in a process of its own. */
export function loadtestCommand(context: CommandContext): Command {
  return newMeshCommand('loadtest <script>', {
    summary:
      'run a k6 script (steady, ramp, spike, soak, or a file) against the mesh; its thresholds decide the exit status: 99 when one fails, others as k6 has them',
    examples: ['loadtest steady', 'loadtest steady --rate 200 --duration 10s'],
  })
    .option(
      '-e, --env <NAME=value>',
      'what the script finds in __ENV; may be given again',
      another,
      [],
    )
    .option('--rate <number>', 'the same as -e RATE=<number>')
    .option('--duration <duration>', 'the same as -e DURATION=<duration>, such as 30s')
    .option('--summary-export <file>', 'write the summary as JSON into a file too')
    .option(
      '--report <file>',
      'where to write the report as HTML (default: .mlmesh/loadtest/<script>.html)',
    )
    .option('--no-report', 'write no report')
    .action((script: string, options: LoadtestOptions) => loadtest(script, options, context));
}

// From dist/services/cli/commands to dist/loadtest.
const runner = fileURLToPath(new URL('../../../loadtest/runner/main.js', import.meta.url));

async function loadtest(
  script: string,
  options: LoadtestOptions,
  context: CommandContext,
): Promise<void> {
  const { addresses, record } = findMesh(options.data);
  if (record.tlsFolder !== undefined) {
    throw new UsageError(
      'the scripts call in plain text, and this mesh has TLS; load a mesh that was started without --tls',
    );
  }
  const environment = [
    `ROUTER=${addresses.router.join(',')}`,
    `CLOCK=${record.hasVirtualClock ? 'virtual' : 'real'}`,
    ...options.env,
  ];
  const args = [
    runner,
    ...environment.flatMap((pair) => ['-e', pair]),
    ...named('--rate', options.rate),
    ...named('--duration', options.duration),
    ...named('--summary-export', options.summaryExport),
    ...(options.report === false ? ['--no-report'] : named('--report', options.report)),
    ...(options.json === true ? ['--json'] : []),
    ...['--', script],
  ];
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  // Ctrl-C reaches both processes; a signal to this one alone has to be passed on.
  const stop = () => void child.kill('SIGTERM');
  context.signal.addEventListener('abort', stop, { once: true });
  try {
    const [code] = await once(child, 'exit');
    context.setExitCode(typeof code === 'number' ? code : exitCodes.failed);
  } finally {
    context.signal.removeEventListener('abort', stop);
  }
}

function named(option: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [option, value];
}

function another(value: string, known: readonly string[]): readonly string[] {
  return [...known, value];
}
