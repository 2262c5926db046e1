/** Where a command writes; the only way to the terminal. */
export interface Output {
  /** Results: what a pipe should get. */
  readonly out: (text: string) => void;
  /** Everything else: progress, warnings, errors. */
  readonly err: (text: string) => void;
  /** Whether standard error is a terminal that can be redrawn. */
  readonly isTerminal: boolean;
  /** Columns of the terminal, now; 80 where there is none. */
  readonly columns: () => number;
}

/** Writes to this process's standard output and error. */
export const processOutput: Output = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  isTerminal: process.stderr.isTTY === true && process.env['TERM'] !== 'dumb',
  columns: () => process.stderr.columns ?? process.stdout.columns ?? 80,
};

/** Writes one JSON document, indented. */
export function writeJson(output: Output, value: unknown): void {
  output.out(`${JSON.stringify(value, undefined, 2)}\n`);
}
