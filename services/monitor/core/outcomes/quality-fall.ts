import { aucInterval } from '../statistics/auc-interval.ts';
import { clusteredMean } from '../statistics/clustered-mean.ts';
import { kishSampleSize } from '../statistics/effective-sample-size.ts';
import { EntitySums } from '../statistics/entity-sums.ts';
import { normalUpperQuantile } from '../statistics/normal.ts';

/** An answer of a version whose outcome is known. */
export interface LabelledAnswer {
  readonly entity: string;
  readonly atMs: number;
  /** 0 to 1. */
  readonly score: number;
  /** 0 or 1. */
  readonly label: number;
}

/** How good the answers of a stretch were, with what bounds follow from. */
export interface QualityBlock {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly rows: number;
  readonly auc: number;
  /** Of the area; allows for what answers about one entity have in common. */
  readonly aucVariance: number;
  /** Log loss, less that of saying the share of the block to each: a season with more positives is no fault of the version. Below 0 where it knows more. */
  readonly excessLoss: number;
  readonly excessLossVariance: number;
}

/** What a version is held against: what its evaluation said of it before it was released. */
export interface QualityReference {
  readonly auc: number;
  readonly excessLoss: number;
}

/** Of a few rows an area under the curve says little; 1,000 of a usual share of positives tell it to some 0.02. */
export const blockRows = 1_000;
/** Blocks that are looked at. */
export const blocksLooked = 3;
/** Those of them that must have fallen: one that chance made is not enough. */
export const blocksNeeded = 2;
// 0.03: none of the 21 blocks of June on the flights is that much worse than the evaluation on May, though its log loss alone rises by 0.04 with the share of late flights.
// 0.01: at the margin chance alone makes two of three blocks fall in one look of 3,000.
const margin = 0.03;
const alpha = 0.01;
// As a score of 0 or 1 would make one wrong row infinitely bad.
const scoreMin = 2 ** -24;

/** Measures a block; undefined where it has fewer than two rows of either label. Costs sorts. */
export function qualityBlock(answers: readonly LabelledAnswer[]): QualityBlock | undefined {
  const scores = Float64Array.from(answers, ({ score }) => score);
  const labels = Float32Array.from(answers, ({ label }) => label);
  const area = aucInterval(scores, labels, alpha);
  if (area === undefined) return undefined;
  const losses = new EntitySums();
  const share = labels.reduce((sum, label) => sum + label, 0) / labels.length;
  for (const { entity, score, label } of answers) {
    losses.add(entity, logLossOf(score, label) - logLossOf(share, label));
  }
  const rows = losses.rows();
  const loss = clusteredMean(rows);
  // Repeated answers about an entity count as one: cautious, since they are not all alike.
  const design = loss.count / kishSampleSize(rows.map(({ count }) => count));
  return {
    fromMs: answers.reduce((least, { atMs }) => Math.min(least, atMs), Number.POSITIVE_INFINITY),
    untilMs: answers.reduce((most, { atMs }) => Math.max(most, atMs), 0),
    rows: loss.count,
    auc: area.auc,
    aucVariance: area.variance * design,
    excessLoss: loss.mean,
    excessLossVariance: Number.isFinite(loss.variance)
      ? loss.variance / loss.count
      : Number.MAX_VALUE,
  };
}

/** How far a block has fallen: bounds that chance passes in one block of a hundred. */
export interface BlockFall {
  readonly aucUpper: number;
  readonly excessLossLower: number;
  readonly isFallen: boolean;
}

/** Says whether a block is surely worse than the reference by more than 0.03, in its area or in its log loss. */
export function blockFall(
  block: Pick<QualityBlock, 'auc' | 'aucVariance' | 'excessLoss' | 'excessLossVariance'>,
  reference: QualityReference,
): BlockFall {
  const quantile = normalUpperQuantile(alpha);
  const aucUpper = block.auc + quantile * Math.sqrt(block.aucVariance);
  const excessLossLower = block.excessLoss - quantile * Math.sqrt(block.excessLossVariance);
  const isFallen =
    aucUpper < reference.auc - margin || excessLossLower > reference.excessLoss + margin;
  return { aucUpper, excessLossLower, isFallen };
}

function logLossOf(score: number, label: number): number {
  const bounded = Math.min(1 - scoreMin, Math.max(scoreMin, score));
  return label === 1 ? -Math.log(bounded) : -Math.log1p(-bounded);
}
