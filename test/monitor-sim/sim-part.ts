/** How much is simulated. */
export interface SimOptions {
  readonly seed: number;
  /** Runs, or windows, of each figure that is a share; the others follow it. */
  readonly runs: number;
  /** Takes how much of the part is done, 0 to 1. */
  readonly advance: (share: number) => void;
}

/** A part of the simulation. */
export interface SimPart {
  readonly name: string;
  /** Figures that it gives. */
  readonly keys: readonly string[];
  readonly run: (
    options: SimOptions,
  ) => Readonly<Record<string, number>> | Promise<Readonly<Record<string, number>>>;
}
