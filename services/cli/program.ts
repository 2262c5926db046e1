import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import type { CommandContext } from './command-context.ts';
import { commandFault } from './command-fault.ts';
import { alertsCommand } from './commands/alerts.ts';
import { backupCommand, restoreCommand } from './commands/backup.ts';
import { certsCommand } from './commands/certs.ts';
import { clientCommand } from './commands/client.ts';
import { compareCommand } from './commands/compare.ts';
import { dashboardsCommand } from './commands/dashboards.ts';
import { driftCommand } from './commands/drift.ts';
import { explainCommand } from './commands/explain.ts';
import { featuresCommand } from './commands/features.ts';
import { ingestCommand } from './commands/ingest.ts';
import { liftCommand } from './commands/lift.ts';
import { loadtestCommand } from './commands/loadtest.ts';
import { modelsCommand } from './commands/models.ts';
import { outcomeCommand } from './commands/outcome.ts';
import { predictCommand } from './commands/predict.ts';
import { prepareCommand } from './commands/prepare.ts';
import { qualityCommand } from './commands/quality.ts';
import { reproduceCommand } from './commands/reproduce.ts';
import { restartCommand } from './commands/restart.ts';
import { serveCommand } from './commands/serve.ts';
import { statusCommand } from './commands/status.ts';
import { traceCommand } from './commands/trace.ts';
import { trafficCommand } from './commands/traffic.ts';
import { trainCommand } from './commands/train.ts';
import { upCommand } from './commands/up.ts';
import { verdictsCommand } from './commands/verdicts.ts';
import { exitCodeOf, exitCodes } from './exit-code.ts';
import { errorAsJson, renderError } from './render-error.ts';

/** What a program is given. */
export type Terminal = Omit<CommandContext, 'setExitCode' | 'faultOfCommand'>;

/** Runs one command line, without the program's own name; gives the exit status. Never rejects. */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: number = exitCodes.ok;
  const context: CommandContext = {
    ...terminal,
    setExitCode(code) {
      exitCode = code;
    },
    faultOfCommand: (words) => programFault(words, terminal),
  };
  try {
    await buildProgram(context).parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has said already what was wrong with the command line, or printed the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
    terminal.output.err(
      args.includes('--json') ? `${JSON.stringify(errorAsJson(error))}\n` : renderError(error),
    );
    return exitCodeOf(error);
  }
}

/** Says what is wrong with the words of a command line behind `mlmesh`, without running it; undefined where it could run. */
export function programFault(words: readonly string[], terminal: Terminal): string | undefined {
  const ignore = () => undefined;
  const silent: CommandContext = {
    ...{ ...terminal, setExitCode: ignore, faultOfCommand: ignore },
    output: { ...terminal.output, out: ignore, err: ignore },
  };
  return commandFault(buildProgram(silent), words);
}

function buildProgram(context: CommandContext): Command {
  const { output } = context;
  const program = new Command('mlmesh')
    .description('Serves machine-learning models from a mesh of gRPC services.')
    .version(packageVersion())
    .exitOverride()
    // Options belong to the command before them: some commands have options and commands below them.
    .enablePositionalOptions()
    .addHelpText('after', exitStatusHelp);
  const commands = [
    upCommand,
    serveCommand,
    prepareCommand,
    statusCommand,
    restartCommand,
    predictCommand,
    outcomeCommand,
    traceCommand,
    explainCommand,
    modelsCommand,
    trafficCommand,
    featuresCommand,
    ingestCommand,
    trainCommand,
    reproduceCommand,
    loadtestCommand,
    alertsCommand,
    driftCommand,
    verdictsCommand,
    liftCommand,
    qualityCommand,
    compareCommand,
    dashboardsCommand,
    clientCommand,
    certsCommand,
    backupCommand,
    restoreCommand,
  ];
  for (const command of commands) program.addCommand(command(context));
  configureOutput(program, output);
  return program;
}

/** Commands that are added take over no settings of the program, so each gets them. */
function configureOutput(command: Command, output: CommandContext['output']): void {
  command.configureOutput({
    writeOut: output.out,
    writeErr: output.err,
    outputError: (text, write) => write(text.replace(/^error: /, 'mlmesh: ')),
  });
  for (const child of command.commands) configureOutput(child, output);
}

const exitStatusHelp = `
Exit status:
  0  done           2  wrong command line           4  a check missed a bar
  1  not possible   3  no mesh runs or answers    5  parity is broken
  6  nothing to audit   7  not reproduced             130  ended by Ctrl-C
`;

function packageVersion(): string {
  // From dist/services/cli to the root of the package.
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { readonly version: string };
  return version;
}
