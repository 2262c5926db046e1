import { Command } from 'commander';

/** What the help of a command says. */
export interface CommandHelp {
  /** One line, for the list of commands. */
  readonly summary: string;
  /** A command line that works, and what it does. */
  readonly examples: readonly string[];
}

/** Gives a command with the conventions of `mlmesh`: `--json`, help that ends with examples, errors thrown rather than exits. */
export function newCommand(nameAndArguments: string, help: CommandHelp): Command {
  const [name = '', ...rest] = nameAndArguments.split(' ');
  const command = new Command(name)
    .summary(help.summary)
    .description(help.summary)
    .option('--json', 'print JSON rather than text for people')
    .showHelpAfterError(`run with --help for examples`)
    .exitOverride();
  if (rest.length > 0) command.arguments(rest.join(' '));
  const examples = help.examples.map((example) => `  $ mlmesh ${example}`).join('\n');
  return command.addHelpText('after', `\nExamples:\n${examples}\n`);
}

/** Gives a command that only groups others. */
export function newCommandGroup(name: string, summary: string): Command {
  return new Command(name).summary(summary).description(summary).exitOverride();
}
