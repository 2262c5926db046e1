import type { Clock } from '../shared/kernel/clock.ts';
import type { Output } from './output.ts';

/** What every command is given. */
export interface CommandContext {
  readonly output: Output;
  readonly clock: Clock;
  /** Aborts when the user asks to stop; its reason is a MeshError. */
  readonly signal: AbortSignal;
  /** Aborts when the user asks a second time: stop now, whatever is under way. */
  readonly forceSignal: AbortSignal;
  /** Sets the exit status of a command that did what it should and has bad news. */
  readonly setExitCode: (code: number) => void;
  /** Says what is wrong with the words of a command line behind `mlmesh`, without running it; undefined where it could run. */
  readonly faultOfCommand: (words: readonly string[]) => string | undefined;
}
