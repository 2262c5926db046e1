import { type Command, CommanderError } from 'commander';

/**
 * Says what is wrong with a command line, without running it: a command that is not there, an option that it does not have, too few arguments or too many; undefined where it
 * could run.
 * @param program commands that throw rather than exit, and write nothing that anybody sees
 * @param words those behind the program's name
 */
export function commandFault(program: Command, words: readonly string[]): string | undefined {
  const [word = ''] = words;
  const child = program.commands.find((one) => one.name() === word || one.aliases().includes(word));
  if (child !== undefined) return commandFault(child, words.slice(1));
  const isParent = program.commands.length > 0 && program.registeredArguments.length === 0;
  const isWord = word !== '' && !word.startsWith('-');
  if (isParent && isWord) return `'${program.name()}' has no command '${word}'`;
  // What only groups others has no option either; others do something by themselves, such as listing.
  if (isParent && program.options.length === 0) return `'${program.name()}' wants a command`;
  try {
    const { operands, unknown } = program.parseOptions([...words]);
    const [option] = unknown.filter((one) => one.startsWith('-'));
    if (option !== undefined) return `'${program.name()}' has no option ${option}`;
    return argumentFault(program, operands.length + unknown.length);
  } catch (error) {
    if (error instanceof CommanderError) return error.message;
    throw error;
  }
}

function argumentFault(command: Command, given: number): string | undefined {
  const { registeredArguments: known } = command;
  const needed = known.filter(({ required }) => required).length;
  const most = known.some(({ variadic }) => variadic) ? Number.POSITIVE_INFINITY : known.length;
  if (given < needed) return `'${command.name()}' wants ${needed} arguments, got ${given}`;
  if (given > most) return `'${command.name()}' takes ${most} arguments, got ${given}`;
  const lacking = command.options.find(
    (option) => option.mandatory && command.getOptionValue(option.attributeName()) === undefined,
  );
  return lacking && `'${command.name()}' wants ${lacking.flags}`;
}
