import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';
import { findScript } from './find-script.ts';
import { htmlReport } from './report/html-report.ts';
import { renderProgress, renderSummary } from './report/render-summary.ts';
import { RunError, runExitCodes } from './run-error.ts';
import { parseDuration } from './script/parse-duration.ts';
import { type FinishedRun, type RunListener, runScript } from './script/run-script.ts';

interface Arguments {
  readonly env: Readonly<Record<string, string>>;
  readonly rate?: string;
  readonly duration?: string;
  readonly json?: true;
  readonly summaryExport?: string;
  /** File, or false for none; undefined means the default. */
  readonly report?: string | false;
}

const help = `
Scripts that come with mlmesh, for the flights; RATE is predictions a second:
  steady   RATE (100) for DURATION (30s)
  ramp     from RATE / 10 to RATE (400) in DURATION (1m); ends where an objective is missed
  spike    RATE (50), PEAK (8 x RATE), RATE again, each for DURATION (10s)
  soak     RATE (100) for DURATION (10m), in three parts that are judged each by itself
They ask the router at ROUTER (127.0.0.1:7500; several with commas) about the flights in FLIGHTS (./flights.json, beside the script);
CLOCK=real leaves the time to the mesh (virtual); ARRIVALS=poisson lets calls come by chance (even).
Routers with TLS: TLS_AUTHORITY names the file of the authority that is trusted, TLS_CERTIFICATE and TLS_KEY those of the caller, or TOKEN_FILE
one with a bearer token; all in absolute paths. Predictions that are refused for who asks are counted as denied_predictions, and fail the test.

Exit status:
  0  every threshold holds       99  a threshold failed       105  ended by Ctrl-C
  2  wrong command line         104  wrong options            107  the script failed

Examples:
  $ npm run loadtest -- steady
  $ npm run loadtest -- steady --rate 200 --duration 10s -e ROUTER=127.0.0.1:7600
  $ npm run loadtest -- steady -e TLS_AUTHORITY=$PWD/tls/authority.pem -e TOKEN_FILE=$PWD/token
  $ npm run loadtest -- my-script.ts --summary-export summary.json --report report.html
`;

const command = new Command('loadtest')
  .description(
    'run a k6 script against a mesh, with an open load; its thresholds decide the exit status',
  )
  .argument('<script>', 'a file, or the name of a script that comes with mlmesh')
  .option(
    '-e, --env <NAME=value>',
    'what the script finds in __ENV; may be given again',
    addEnv,
    {},
  )
  .option('--rate <number>', 'the same as -e RATE=<number>', parseRate)
  .option('--duration <duration>', 'the same as -e DURATION=<duration>, such as 30s', parseTime)
  .option('--json', 'print the summary as JSON, in the form of k6, rather than as text')
  .option('--summary-export <file>', 'write that JSON into a file too')
  .option(
    '--report <file>',
    'where to write the report as HTML (default: .mlmesh/loadtest/<script>.html)',
  )
  .option('--no-report', 'write no report')
  .addHelpText('after', help)
  .showHelpAfterError('run with --help for examples')
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'loadtest: ')) })
  .action(loadtest);

try {
  await command.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? runExitCodes.ok : runExitCodes.usage;
  } else {
    process.stderr.write(
      `loadtest: ${error instanceof RunError ? error.message : stackOf(error)}\n`,
    );
    process.exitCode = error instanceof RunError ? error.exitCode : runExitCodes.failed;
  }
}

async function loadtest(script: string, options: Arguments): Promise<void> {
  const path = findScript(script);
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () =>
      stop.abort(new RunError(`ended by ${name}`, { exitCode: runExitCodes.interrupted })),
    );
  }
  const environment = { ...process.env, ...options.env, ...shorthand(options) };
  const known = Object.entries(environment).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const plan = { path, environment: Object.fromEntries(known) };
  const run = await runScript(plan, systemClock, terminal(), stop.signal);
  print(run, options);
  const report = options.report ?? join('.mlmesh', 'loadtest', `${nameOf(path)}.html`);
  if (report !== false) {
    write(report, htmlReport(run, new Date(systemClock.epoch())));
    process.stderr.write(`loadtest: report: ${resolve(report)}\n`);
  }
  process.exitCode = exitCodeOf(run);
}

function shorthand({ rate, duration }: Arguments): Readonly<Record<string, string>> {
  return {
    ...(rate === undefined ? {} : { RATE: rate }),
    ...(duration === undefined ? {} : { DURATION: duration }),
  };
}

function nameOf(path: string): string {
  return basename(path).replace(/\.[^.]+$/, '');
}

/** A terminal sees one line that changes; anything else one line in ten seconds. */
function terminal(): RunListener {
  const isTerminal = process.stderr.isTTY === true && process.env['TERM'] !== 'dumb';
  let ticks = 0;
  return {
    log: (text) => void process.stderr.write(`${isTerminal ? '\r\u001b[K' : ''}${text}\n`),
    progress(progress) {
      const line = renderProgress(progress);
      if (isTerminal) process.stderr.write(`\r\u001b[K${line}`);
      else if (ticks % 10 === 0) process.stderr.write(`${line}\n`);
      ticks += 1;
    },
  };
}

function print(run: FinishedRun, { json, summaryExport }: Arguments): void {
  const document = `${JSON.stringify(run.summary, undefined, 2)}\n`;
  if (summaryExport !== undefined) write(summaryExport, document);
  if (run.ownSummary === undefined) {
    process.stdout.write(json === true ? document : renderSummary(run));
    return;
  }
  // As in k6, a script that makes a summary of its own stands in for the one on the terminal.
  if (json === true) process.stdout.write(document);
  for (const [place, text] of Object.entries(run.ownSummary)) {
    if (place === 'stdout' && json !== true) process.stdout.write(String(text));
    else if (place === 'stderr') process.stderr.write(String(text));
    else if (place !== 'stdout') write(place, String(text));
  }
}

function write(file: string, text: string): void {
  try {
    mkdirSync(dirname(resolve(file)), { recursive: true });
    writeFileSync(file, text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const exitCode = runExitCodes.failed;
    throw new RunError(`can't write ${resolve(file)}: ${why}`, { exitCode, cause: error });
  }
}

function exitCodeOf({ summary, isInterrupted }: FinishedRun): number {
  if (isInterrupted) return runExitCodes.interrupted;
  return summary.isPassed ? runExitCodes.ok : runExitCodes.thresholdsFailed;
}

function addEnv(
  text: string,
  known: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError('wanted NAME=value.');
  return { ...known, [name]: value ?? '' };
}

function parseRate(text: string): string {
  if (/^[1-9]\d*$/.test(text)) return text;
  throw new InvalidArgumentError('wanted a whole number of 1 or more.');
}

function parseTime(text: string): string {
  if (/[a-z]/.test(text) && parseDuration(text) !== undefined) return text;
  throw new InvalidArgumentError("wanted a duration such as '30s' or '5m'.");
}

function stackOf(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `unexpected error, please report it\n${text}`;
}
