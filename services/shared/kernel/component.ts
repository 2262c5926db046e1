/** A part of a process that starts, can be asked whether it is ready, and stops. */
export interface Component {
  readonly name: string;
  start(signal: AbortSignal): Promise<void>;
  /** Stops taking work, finishes what is under way within `graceMs`, then releases everything. Called at most once. */
  stop(graceMs: number): Promise<void>;
}
