import type { AnswerAuditor } from '../audit/answer-auditor.ts';
import type { ParityAuditor } from '../audit/parity-auditor.ts';
import { type AlertInputs, firingAlerts } from '../core/alert-rules.ts';
import type { AlertSource, FiringAlert } from '../core/alert-source.ts';
import type { PredictionJournal } from '../journal/prediction-journal.ts';

/** Where the figures of the models come from. */
export interface FigureParts {
  readonly models: readonly string[];
  readonly journal: PredictionJournal;
  readonly auditor: ParityAuditor;
  readonly answers: AnswerAuditor;
}

/** Asks the rules on the figures of each model: audits, tiers, shadows and what was dropped. */
export class FigureSource implements AlertSource {
  readonly #parts: FigureParts;

  constructor(parts: FigureParts) {
    this.#parts = parts;
  }

  firing(): readonly FiringAlert[] {
    return this.#parts.models.flatMap((model) => firingAlerts(inputsOf(model, this.#parts)));
  }
}

function inputsOf(model: string, { journal, auditor, answers }: FigureParts): AlertInputs {
  const { mismatches, examples } = auditor.figures(model);
  const recent = journal.recent(model);
  const { shadowExpected, shadowPairs } = journal.figures(model);
  const [example] = examples;
  return {
    model,
    parityMismatches: mismatches,
    parityExample: example === undefined ? '' : `${example.predictionId}, column ${example.column}`,
    answerMismatches: answers.figures(model).mismatches,
    answerExample: answers.figures(model).example,
    recentAnswers: recent.answers,
    recentDegradedShare: recent.degradedShare,
    shadowExpected,
    shadowPairs,
    droppedRecords: journal.dropped,
  };
}
