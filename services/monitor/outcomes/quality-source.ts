import { timeText } from '../../shared/definition/date-text.ts';
import type { AlertEvidence, AlertSource, FiringAlert } from '../core/alert-source.ts';
import {
  blockFall,
  blockRows,
  blocksLooked,
  blocksNeeded,
  type QualityBlock,
  type QualityReference,
} from '../core/outcomes/quality-fall.ts';
import type { ReplacedVersion } from './business-evidence.ts';
import type { OutcomeLoop } from './outcome-loop.ts';
import type { QualityBlocks } from './read-quality-blocks.ts';

/** Raises `quality-fall` where what a version answers is worse, by outcomes that are due, than its evaluation said before it was released. */
export class QualitySource implements AlertSource {
  readonly #loop: Pick<OutcomeLoop, 'qualities'>;
  readonly #releaseOf: (model: string) => ReplacedVersion | undefined;

  /** @param releaseOf where the release of a model stands, as far as that is known */
  constructor(
    loop: Pick<OutcomeLoop, 'qualities'>,
    releaseOf: (model: string) => ReplacedVersion | undefined,
  ) {
    this.#loop = loop;
    this.#releaseOf = releaseOf;
  }

  firing(): readonly FiringAlert[] {
    return [...this.#loop.qualities()].flatMap(([model, found]) => {
      const release = this.#releaseOf(model);
      const { evaluatedAuc: auc, evaluatedExcessLoss: excessLoss } = release?.facts ?? {};
      // Another version by now, or one of foreign origin that brought no evaluation.
      if (release?.version !== found.version || auc === undefined || excessLoss === undefined) {
        return [];
      }
      return alertOf(model, found, { auc, excessLoss });
    });
  }
}

function alertOf(
  model: string,
  { version, blocks, isMature }: QualityBlocks,
  reference: QualityReference,
): readonly FiringAlert[] {
  if (!isMature || blocks.length < blocksLooked) return [];
  const fallen = blocks.filter((block) => blockFall(block, reference).isFallen);
  if (fallen.length < blocksNeeded) return [];
  const sinceMs = fallen.reduce(
    (least, { fromMs }) => Math.min(least, fromMs),
    Number.POSITIVE_INFINITY,
  );
  const texts = (of: (block: QualityBlock) => number) =>
    blocks.map((block) => of(block).toFixed(3)).join(', ');
  return [
    {
      rule: 'quality-fall',
      model,
      subject: `version ${version}`,
      severity: 'PAGE',
      message: `what version ${version} answers has been worse than its evaluation said since ${timeText(sinceMs)} at least: AUC ${texts(({ auc }) => auc)} in its last ${blocksLooked} blocks of ${blockRows} answers with an outcome, the newest first, where ${reference.auc.toFixed(3)} was found before its release; log loss over that of saying the share ${texts(({ excessLoss }) => excessLoss)} where it was ${reference.excessLoss.toFixed(3)}; ${fallen.length} of ${blocksLooked} are worse by more than 0.03 for sure. See \`mlmesh quality ${model}\` whose answers are worse and \`mlmesh drift ${model}\` whether the inputs moved; \`mlmesh train ${model}\` on newer data, or \`mlmesh models rollback ${model}\` where a release caused it`,
      evidence: evidenceOf(version, blocks, reference),
    },
  ];
}

function evidenceOf(
  version: number,
  blocks: readonly QualityBlock[],
  reference: QualityReference,
): AlertEvidence {
  const named = blocks.flatMap((block, index) =>
    Object.entries({ ...block, ...boundsOf(block, reference) }).map(([name, value]) => [
      `block${index + 1}.${name}`,
      value,
    ]),
  );
  return {
    version,
    'reference.auc': reference.auc,
    'reference.excessLoss': reference.excessLoss,
    ...Object.fromEntries(named),
  };
}

function boundsOf(block: QualityBlock, reference: QualityReference) {
  const { aucUpper, excessLossLower } = blockFall(block, reference);
  return { aucUpper, excessLossLower };
}
