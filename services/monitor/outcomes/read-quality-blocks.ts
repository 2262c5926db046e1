import {
  blockRows,
  blocksLooked,
  type LabelledAnswer,
  type QualityBlock,
  qualityBlock,
} from '../core/outcomes/quality-fall.ts';
import type { StoredPrediction } from '../ports.ts';
import type { ModelFacts } from './model-facts.ts';
import { type LogParts, scanLog } from './scan-log.ts';

/** What a version's quality is judged by. */
export interface QualityBlocks {
  readonly version: number;
  /** The newest answers whose outcomes are due, in blocks of 1,000 with an outcome, the newest block first; fewer than three while too few have come. */
  readonly blocks: readonly QualityBlock[];
  /** Whether enough of the answers that should have an outcome by now have one: those that come early may be of another kind. */
  readonly isMature: boolean;
}

/** Reads how good the newest answers were that a version itself gave, out of the log. O(predictions looked at). */
export async function readQualityBlocks(
  parts: LogParts,
  facts: ModelFacts,
  version: number,
  signal: AbortSignal,
): Promise<QualityBlocks> {
  const { labelHorizonMs, maturityMin } = facts.plan.quality;
  const labelled: LabelledAnswer[] = [];
  let [newestMs, due] = [0, 0];
  await scanLog(
    parts,
    facts.model,
    (prediction, outcome) => {
      const { atMs, score, keys } = prediction;
      newestMs = Math.max(newestMs, atMs);
      if (!isByVersion(prediction, version) || atMs > newestMs - labelHorizonMs) return 'more';
      due += 1;
      if (outcome === undefined) return 'more';
      const label = outcome.label > 0.5 ? 1 : 0;
      labelled.push({ entity: facts.cohortEntity(keys), atMs, score, label });
      return labelled.length === blocksLooked * blockRows ? 'enough' : 'more';
    },
    signal,
  );
  const blocks: QualityBlock[] = [];
  for (let from = 0; from + blockRows <= labelled.length; from += blockRows) {
    const block = qualityBlock(labelled.slice(from, from + blockRows));
    if (block !== undefined) blocks.push(block);
  }
  return { version, blocks, isMature: due > 0 && labelled.length >= maturityMin * due };
}

function isByVersion({ tier, version, score }: StoredPrediction, wanted: number): boolean {
  return tier === 'TIER_MODEL' && version === wanted && score >= 0 && score <= 1;
}
