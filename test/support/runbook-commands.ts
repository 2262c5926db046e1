import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A command of the runbooks. */
export interface RunbookCommand {
  /** As it stands there, without its comment. */
  readonly line: string;
  /** The page that has it first. */
  readonly page: string;
  /** Exit statuses that the page expects: 0, and those that the comment behind the command names. */
  readonly statuses: readonly number[];
}

const folder = 'deploy/runbooks';

/** Gives every command of every page of the runbooks once, in the order of the pages. */
export function runbookCommands(): readonly RunbookCommand[] {
  const found = new Map<string, RunbookCommand>();
  for (const page of readdirSync(folder).sort()) {
    const text = readFileSync(join(folder, page), 'utf8');
    for (const [, block = ''] of text.matchAll(/^```sh\n(.*?)^```$/gms)) {
      for (const whole of block.split('\n').filter((line) => line.trim() !== '')) {
        const [line = '', comment = ''] = whole.split(/ {2,}# /);
        const named = [...comment.matchAll(/exit status (\d+)/g)].map(([, status]) =>
          Number(status),
        );
        if (!found.has(line)) found.set(line, { line, page, statuses: [0, ...named] });
      }
    }
  }
  return [...found.values()];
}

/** Splits a command line into words; double quotes hold words together. */
export function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}
