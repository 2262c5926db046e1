import type { PartResult } from '../load/render-parts.ts';

/** What every part of the benchmark is told. */
export interface PartOptions {
  /** Folder whose data is used again when it is there. */
  readonly data: string;
  readonly secondsPerRound: number;
  /** Measured rounds, after those that warm up. */
  readonly rounds: number;
  /** Told what is going on. */
  readonly show: (text: string) => void;
  /** Flags for the feature processes, such as --cpu-prof. */
  readonly nodeFlags: readonly string[];
}

/** One part of the benchmark, which measures what it compares in turn. */
export interface Part {
  readonly name: string;
  readonly keys: readonly string[];
  run(options: PartOptions, signal: AbortSignal): Promise<PartResult>;
}
