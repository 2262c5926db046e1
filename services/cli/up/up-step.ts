import type { CommandContext } from '../command-context.ts';
import type { RunningMesh } from './running-mesh.ts';
import type { ReportProgress } from './step-progress.ts';

/** One thing that a mesh needs before it can take traffic. Repeating a step that is done finds that out and changes nothing. */
export interface UpStep {
  /** A few words, such as `import flights`. */
  readonly name: string;
  /** Does it, or finds it done; resolves with what there is now, such as `2,500,000 events`. */
  readonly run: (
    running: RunningMesh,
    report: ReportProgress,
    context: CommandContext,
  ) => Promise<string>;
}
