/** What every part of the benchmark is told. */
export interface PartOptions {
  readonly secondsPerRound: number;
  /** Measured rounds, after those that warm up. */
  readonly rounds: number;
  /** Told what is going on. */
  readonly show: (text: string) => void;
}

/** One thing that was measured: medians over the rounds. */
export interface Row {
  /** Runtime, such as `onnxruntime-cpu` or `plain JavaScript`. */
  readonly backend: string;
  /** Where it ran: `raw call`, `worker`, `V2 unary`. */
  readonly path: string;
  /** Rows of one call. */
  readonly batch: number;
  /** Threads that ran the model. */
  readonly threads: number;
  /** Calls under way at the same time. */
  readonly inFlight: number;
  readonly rowsPerSecond: number;
  /** Duration of one call. */
  readonly p50Us: number;
  readonly p99Us: number;
  readonly calls: number;
}

/** What a part found. */
export interface PartResult {
  /** By key of a bar; undefined where a figure can't be stated. */
  readonly figures: Readonly<Record<string, number | undefined>>;
  readonly rows: readonly Row[];
  /** Sentences for people: what was measured, and what to beware of. */
  readonly notes: readonly string[];
}

/** One part of the benchmark, which measures what it compares in turn. */
export interface Part {
  readonly name: string;
  /** Figures that it gives. */
  readonly keys: readonly string[];
  run(options: PartOptions, signal: AbortSignal): Promise<PartResult>;
}
