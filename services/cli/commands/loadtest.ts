import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import type { TlsSettings } from '../../shared/platform/process/tls-settings.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes, UsageError } from '../exit-code.ts';
import { findMesh } from '../find-mesh.ts';
import { newMeshCommand } from '../mesh-command.ts';

interface LoadtestOptions {
  readonly data?: string;
  readonly as?: string;
  readonly tokenFile?: string;
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
    examples: [
      'loadtest steady',
      'loadtest steady --rate 200 --duration 10s',
      'loadtest steady --as ada               with the certificate of ada, where the mesh has TLS',
      'loadtest steady --token-file token     with a bearer token in place of a certificate',
    ],
  })
    .option(
      '-e, --env <NAME=value>',
      'what the script finds in __ENV; may be given again',
      another,
      [],
    )
    .option(
      '--token-file <file>',
      'prove who calls with the bearer token in a file, where the mesh has TLS',
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
  const { addresses, record, tls } = findMesh(options.data, options.as);
  const environment = [
    `ROUTER=${addresses.router.join(',')}`,
    `CLOCK=${record.hasVirtualClock ? 'virtual' : 'real'}`,
    ...proofOf(tls?.settings, options.tokenFile),
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

/** Gives what scripts prove themselves with, as they find it in __ENV; nothing for a mesh in plain text. */
function proofOf(tls: TlsSettings | undefined, tokenFile: string | undefined): readonly string[] {
  if (tls === undefined) {
    if (tokenFile === undefined) return [];
    throw new UsageError('--token-file: this mesh has no TLS, and asks nobody who they are');
  }
  const authority = `TLS_AUTHORITY=${resolve(tls.authority)}`;
  if (tokenFile !== undefined) return [authority, `TOKEN_FILE=${resolve(tokenFile)}`];
  const own = [`TLS_CERTIFICATE=${resolve(tls.certificate)}`, `TLS_KEY=${resolve(tls.key)}`];
  return [authority, ...own];
}

function named(option: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [option, value];
}

function another(value: string, known: readonly string[]): readonly string[] {
  return [...known, value];
}
