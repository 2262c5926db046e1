import type { TrainingRows } from '../../shared/compute/training-rows.ts';
import { type TrainingSetHash, TrainingSetHasher } from '../../shared/compute/training-set-hash.ts';
import { assembleTrainingRows, exampleKeys } from '../core/training-set.ts';
import { loadBlock, planBlocks } from './example-blocks.ts';
import { blockRowsMax } from './set-limits.ts';
import type { SetPlan } from './set-plan.ts';
import { type ValuesRun, type ViewValuesParts, viewValues } from './view-values.ts';

/** Rows of one message. */
const messageRowsMax = 8_192;

/** How a set is given on. */
export interface SetRun extends ValuesRun {
  /** Gets all rows in the order of (t, event id); resolves when the receiver keeps up. */
  readonly onRows: (rows: TrainingRows) => Promise<void>;
}

/**
 * Builds a point-in-time training set, block after block in the order of time: each example with the features of its own
 * time. The rows and their hash depend on neither threads, memory nor the order of the files.
 */
export async function buildSet(
  parts: ViewValuesParts,
  plan: SetPlan,
  run: SetRun,
): Promise<{ readonly hash: TrainingSetHash & { readonly rows: number } }> {
  const { signal } = run;
  const { featureSet } = plan.model;
  const width = featureSet.columns.length;
  const hasher = new TrainingSetHasher(width);
  let rows = 0;
  await run.onProgress('reading examples', 0, 0);
  const limits = { blockRowsMax: blockRowsMax(parts.setLimits, width), signal };
  for (const block of await planBlocks(parts, plan, limits)) {
    const examples = await loadBlock(parts, plan, { block, signal });
    const spine = { atMs: examples.atMs, texts: exampleKeys(examples, featureSet.joinKeys) };
    const { mode, logOffset } = plan;
    const query = { views: featureSet.views, spine, mode, logOffset };
    const views = await viewValues(parts, query, run);
    for (const part of assembleTrainingRows(featureSet, examples, { views, messageRowsMax })) {
      hasher.add(part);
      rows += part.rows;
      await run.onRows(part);
    }
  }
  return { hash: { ...hasher.finish(), rows } };
}
