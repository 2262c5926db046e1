/** What a part of a view is when whoever knows it does not answer. */
export interface Fault {
  /** Who did not answer, such as `monitor`. */
  readonly service: string;
  /** Why, for people. */
  readonly message: string;
}

/** What every view says. */
export interface ViewBase {
  /** Name of the mesh. */
  readonly mesh: string;
  /** When the view was made, epoch ms by the console's clock. */
  readonly atMs: number;
  /** What is missing from it; empty where everybody answered. */
  readonly faults: readonly Fault[];
}
