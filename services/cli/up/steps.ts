import type { CommandContext } from '../command-context.ts';
import type { RunningMesh } from './running-mesh.ts';
import { type ReportProgress, showStep } from './step-progress.ts';

/** One thing that a mesh needs before it can take traffic. Repeating a step that is done finds that out and changes nothing. */
export interface UpStep {
  /** A few words, such as `import flights`. */
  readonly name: string;
  /** Does it, or finds it done; resolves with what there is now, such as `2,500,000 events`. */
  readonly run: (
    running: RunningMesh,
    report: ReportProgress,
    signal: AbortSignal,
  ) => Promise<string>;
}

/** Runs steps one after the other and shows each. */
export async function runSteps(
  steps: readonly UpStep[],
  running: RunningMesh,
  context: CommandContext,
): Promise<void> {
  for (const step of steps) {
    context.signal.throwIfAborted();
    await showStep(step.name, context, (report) => step.run(running, report, context.signal));
  }
}

/** Gives the steps of a mesh's first run, in order. */
export function firstRunSteps(_running: RunningMesh): readonly UpStep[] {
  return [];
}
