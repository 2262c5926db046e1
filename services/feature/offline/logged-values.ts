import type { FeatureSetPlan } from '../../shared/compute/plan.ts';
import { type Erasure, erasedRows } from '../core/erasure.ts';
import { LoggedRows, type LoggedSpine, type LoggedValues } from '../core/logged-rows.ts';
import type { AnswerStore } from '../ports.ts';

/** What was answered, and what of it was erased since. */
export interface LoggedAnswers {
  readonly answers: Pick<AnswerStore, 'newestFirst'>;
  readonly erasures: () => readonly Erasure[];
}

/** What is looked up. */
export interface LoggedWanted {
  readonly featureSet: FeatureSetPlan;
  readonly spine: LoggedSpine;
  /** Answers with a number below this count. */
  readonly answersBefore: number;
  /** How much before the time of an example its answer may have been given, ms. */
  readonly answerAgeMaxMs: number;
}

/** Blocks that are looked at before others have their turn: 2^17 answers. */
const turnBlocksMax = 256;

/**
 * Finds what was answered for a spine. The log of answers is walked once, the newest block first; blocks of other feature
 * sets, or all before the first time wanted, are not decoded.
 * @throws {MeshError} DATA_LOSS / LOG_CORRUPT
 */
export async function loggedValues(
  { answers, erasures }: LoggedAnswers,
  { featureSet, spine, answersBefore, answerAgeMaxMs }: LoggedWanted,
  signal: AbortSignal,
): Promise<LoggedValues> {
  const fromMs = (spine.atMs[0] ?? Number.POSITIVE_INFINITY) - answerAgeMaxMs;
  const found = new LoggedRows(featureSet, spine, answerAgeMaxMs);
  const erased = erasures();
  for (let before = answersBefore; before > 0; ) {
    let left = turnBlocksMax;
    let next = 0;
    for (const { head, decode } of answers.newestFirst(before)) {
      if (left === 0) break;
      left -= 1;
      next = head.firstAnswer;
      if (head.featureSetHash !== featureSet.hash || head.lastMs < fromMs) continue;
      const block = decode();
      found.offer(block, erasedRows({ ...block, featureSet }, erased));
    }
    before = left === 0 ? next : 0;
    // Others wait for this thread to say that they gave up.
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
  }
  return found.finish();
}
