import assert from 'node:assert/strict';
import type { TrainingRows } from '../../shared/compute/training-rows.ts';
import { TrainingSetHasher } from '../../shared/compute/training-set-hash.ts';
import {
  type AssembledRows,
  assembleTrainingRows,
  exampleKeys,
  pickExamples,
} from '../core/training-set.ts';
import { type ExampleBlock, loadBlock, planBlocks } from './example-blocks.ts';
import { type LoggedAnswers, loggedValues } from './logged-values.ts';
import type { SetFiles } from './set-files.ts';
import { blockRowsMax } from './set-limits.ts';
import { type SetManifest, setManifest } from './set-manifest.ts';
import type { SetPlan } from './set-plan.ts';
import { type ValuesRun, type ViewValuesParts, viewValues } from './view-values.ts';

/** Rows of one message. */
const messageRowsMax = 8_192;

/** How a set is given on. */
export interface SetRun extends ValuesRun {
  /** Gets all rows in the order of (t, event id); resolves when the receiver keeps up. */
  readonly onRows: (rows: TrainingRows, segments: AssembledRows['segments']) => Promise<void>;
  /** Where the set is written too, and found again after a crash. */
  readonly files?: SetFiles;
  /** What a set of mode as-logged is made of. */
  readonly logged?: LoggedAnswers;
}

/** What was built. */
export interface BuiltSet {
  readonly manifest: SetManifest;
  /** Folder with the files; undefined when there are none. */
  readonly folder: string | undefined;
}

/**
 * Builds a point-in-time training set, block after block in the order of time: each example with the features of its own
 * time. The rows and their hash depend on neither threads, memory nor the order of the files.
 */
export async function buildSet(
  parts: ViewValuesParts,
  asked: SetPlan,
  run: SetRun,
): Promise<BuiltSet> {
  const { files } = run;
  const width = asked.model.featureSet.columns.length;
  await run.onProgress('reading examples', 0, 0);
  const known = files?.state();
  const { logOffset, answersBefore } = known ?? asked;
  const plan = { ...asked, logOffset, answersBefore };
  const limits = {
    blockRowsMax: blockRowsMax(parts.setLimits, width),
    signal: run.signal,
  };
  const blocks = known?.blocks ?? (await planBlocks(parts, plan, limits));
  const withoutAnswer = [...(known?.withoutAnswer ?? [])];
  const state = { logOffset, answersBefore, blocks, withoutAnswer };
  if (known === undefined) files?.begin(state);
  const hashing = new SetHashing(width);
  for (const [index, block] of blocks.entries()) {
    const onBlock = (missing: number): void => {
      withoutAnswer[index] = missing;
      files?.note(state);
    };
    const work = { index, block, run, onBlock };
    for await (const { rows, segments } of blockRows(parts, plan, work)) {
      hashing.add(rows);
      await run.onRows(rows, segments);
    }
  }
  const missing = withoutAnswer.reduce((sum, count) => sum + count, 0);
  const made = { ...hashing.finish(), withoutAnswer: missing };
  const manifest = setManifest(parts.manifestOf, plan, made);
  return { manifest, folder: files?.finish(manifest) };
}

interface BlockWork {
  readonly index: number;
  readonly block: ExampleBlock;
  readonly run: SetRun;
  /** Learns how many examples of a computed block have no answer, before its rows are given. */
  readonly onBlock: (withoutAnswer: number) => void;
}

/** Computes a block, or reads it where it was written before. */
async function* blockRows(
  parts: ViewValuesParts,
  plan: SetPlan,
  { index, block, run, onBlock }: BlockWork,
): AsyncGenerator<AssembledRows> {
  const { files, signal } = run;
  if (files?.hasBlock(index) === true) {
    await run.onProgress(`block ${index + 1} was written before`, 0, 0);
    yield* files.readBlock(index, signal);
    return;
  }
  const { rows, withoutAnswer } = await computeBlock(parts, plan, { block, run });
  onBlock(withoutAnswer);
  if (files === undefined) {
    yield* rows;
    return;
  }
  const all = [...rows];
  await files.writeBlock(index, all, signal);
  await run.onProgress(`block ${index + 1} is written`, 0, 0);
  yield* all;
}

async function computeBlock(
  parts: ViewValuesParts,
  plan: SetPlan,
  { block, run }: { readonly block: ExampleBlock; readonly run: SetRun },
): Promise<{ readonly rows: Iterable<AssembledRows>; readonly withoutAnswer: number }> {
  const { featureSet } = plan.model;
  const examples = await loadBlock(parts, plan, { block, signal: run.signal });
  const spine = { atMs: examples.atMs, texts: exampleKeys(examples, featureSet.joinKeys) };
  const { mode, logOffset, segments } = plan;
  if (mode === 'as-logged') {
    assert(run.logged !== undefined, 'a set of answers needs their log');
    await run.onProgress('looking up answers', 0, 0);
    const wanted = { ...plan, featureSet, spine };
    const { rows, views } = await loggedValues(run.logged, wanted, run.signal);
    const answered = pickExamples(examples, rows);
    return {
      rows: assembleTrainingRows(featureSet, answered, { views, messageRowsMax, segments }),
      withoutAnswer: examples.rows.length - rows.length,
    };
  }
  const views = await viewValues(parts, { views: featureSet.views, spine, mode, logOffset }, run);
  return {
    rows: assembleTrainingRows(featureSet, examples, { views, messageRowsMax, segments }),
    withoutAnswer: 0,
  };
}

/** Hashes the rows, and what was asked of them. */
class SetHashing {
  readonly #data: TrainingSetHasher;
  readonly #spine = new TrainingSetHasher(0);
  #rows = 0;

  constructor(columns: number) {
    this.#data = new TrainingSetHasher(columns);
  }

  add(rows: TrainingRows): void {
    this.#data.add(rows);
    this.#spine.add({ ...rows, columns: 0 });
    this.#rows += rows.rows;
  }

  finish(): Omit<Parameters<typeof setManifest>[2], 'withoutAnswer'> {
    return { rows: this.#rows, data: this.#data.finish(), spine: this.#spine.finish() };
  }
}
