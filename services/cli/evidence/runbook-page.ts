/** A command of a runbook. */
export interface PageCommand {
  /** As it stands there, without its comment. */
  readonly line: string;
  /** Exit statuses that the page expects: 0, and those that the comment behind the command names. */
  readonly statuses: readonly number[];
}

/** What a page of the runbooks has. */
export interface RunbookPage {
  /** Titles of its sections, in their order. */
  readonly sections: readonly string[];
  readonly commands: readonly PageCommand[];
}

/** Reads a page: sections are headings of the second level, commands the lines of its blocks of `sh`. */
export function parseRunbook(text: string): RunbookPage {
  const sections = [...text.matchAll(/^## (.+)$/gm)].map(([, title = '']) => title.trim());
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
  const lines = blocks.flatMap((block) => block.split('\n')).filter((line) => line.trim() !== '');
  const commands = lines.map((whole) => {
    const [line = '', comment = ''] = whole.split(/ {2,}# /);
    const named = [...comment.matchAll(/exit status (\d+)/g)].map(([, status]) => Number(status));
    return { line, statuses: [0, ...named] };
  });
  return { sections, commands };
}

/** Splits a command line into words; double quotes hold words together. */
export function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}
