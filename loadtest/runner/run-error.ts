/** Exit statuses of a run. From 99 on they are those of k6. @source https://github.com/grafana/k6/tree/master/errext/exitcodes */
export const runExitCodes = {
  ok: 0,
  /** A file can't be written. */
  failed: 1,
  /** The command line makes no sense, or names no script. */
  usage: 2,
  thresholdsFailed: 99,
  setupTimeout: 100,
  teardownTimeout: 101,
  /** The options of the script are wrong, or are some that the runner does not have. */
  invalidOptions: 104,
  /** Ended by Ctrl-C or SIGTERM. */
  interrupted: 105,
  scriptFailed: 107,
} as const;

/** Why a run can't go on: what was wanted, what came and what to do. */
export class RunError extends Error {
  override readonly name = 'RunError';
  readonly exitCode: number;

  constructor(message: string, options: ErrorOptions & { readonly exitCode: number }) {
    super(message, options);
    this.exitCode = options.exitCode;
  }
}

/** Gives the error for options that k6 or the runner can't take. */
export function invalidOptions(message: string): RunError {
  return new RunError(message, { exitCode: runExitCodes.invalidOptions });
}
