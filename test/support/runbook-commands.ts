import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PageCommand, parseRunbook } from '../../services/cli/evidence/runbook-page.ts';

/** A command of the runbooks. */
export interface RunbookCommand extends PageCommand {
  /** The page that has it first. */
  readonly page: string;
}

const folder = 'deploy/runbooks';

/** Gives every command of every page of the runbooks once, in the order of the pages. */
export function runbookCommands(): readonly RunbookCommand[] {
  const found = new Map<string, RunbookCommand>();
  for (const page of readdirSync(folder).sort()) {
    for (const command of parseRunbook(readFileSync(join(folder, page), 'utf8')).commands) {
      if (!found.has(command.line)) found.set(command.line, { ...command, page });
    }
  }
  return [...found.values()];
}
