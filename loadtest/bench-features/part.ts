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

/** What a part found. */
export interface PartResult {
  /** By key; undefined where a figure can't be stated. */
  readonly values: Readonly<Record<string, number | undefined>>;
  /** For people: the first row is the head. */
  readonly table: readonly (readonly string[])[];
  /** Sentences for people: what was measured, and what to beware of. */
  readonly notes: readonly string[];
}

/** One part of the benchmark, which measures what it compares in turn. */
export interface Part {
  readonly name: string;
  readonly keys: readonly string[];
  run(options: PartOptions, signal: AbortSignal): Promise<PartResult>;
}
