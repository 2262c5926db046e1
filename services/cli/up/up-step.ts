import type { Mesh } from '../../shared/definition/mesh.ts';
import type { CommandContext } from '../command-context.ts';
import type { TrainingPlace } from '../train-model.ts';
import type { ReportProgress } from './step-progress.ts';

/** A mesh that runs, as the steps of its first run see it. */
export interface StepMesh extends TrainingPlace {
  readonly mesh: Mesh;
  /** Path of the public key that versions are trusted by. */
  readonly trustedKey: string;
}

/** One thing that a mesh needs before it can take traffic. Repeating a step that is done finds that out and changes nothing. */
export interface UpStep {
  /** A few words, such as `import flights`. */
  readonly name: string;
  /** Does it, or finds it done; resolves with what there is now, such as `2,500,000 events`. */
  readonly run: (
    running: StepMesh,
    report: ReportProgress,
    context: CommandContext,
  ) => Promise<string>;
}
