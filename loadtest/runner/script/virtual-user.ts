import type { Tags } from '../metrics/metric-selector.ts';

/** What the API of k6 needs to know about the virtual user that calls it. */
export interface VirtualUserState {
  /** From 1; 0 for the one that reads the options and calls setup and teardown. */
  readonly id: number;
  /** Iterations that this user has begun, less one; -1 before the first. */
  iteration: number;
  /** Whether the script is being evaluated: files may be read and metrics made, calls may not be sent. */
  isInit: boolean;
  /** Scenario under way; empty outside of one. */
  scenario: { readonly name: string; readonly executor: string; readonly startedAtMs: number };
  iterationInTest: number;
  /** Share of the scenario that is over, 0 to 1, now. */
  progress: () => number;
  /** Tags of all samples that it takes. */
  tags: Tags;
  /**
   * How long after its intended start the iteration began, ms. Calls that are made at the begin of an iteration count from the
   * intended start, so that load that comes late does not look fast. 0 once the iteration has waited for something.
   */
  lateMs: number;
}

/** Gives the state of a user before its first iteration. */
export function newUserState(id: number): VirtualUserState {
  return {
    id,
    iteration: -1,
    isInit: true,
    scenario: { name: '', executor: '', startedAtMs: 0 },
    iterationInTest: 0,
    progress: () => 0,
    tags: {},
    lateMs: 0,
  };
}
