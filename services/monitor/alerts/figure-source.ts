import type { AnswerAuditor } from '../audit/answer-auditor.ts';
import type { ParityAuditor } from '../audit/parity-auditor.ts';
import { type AlertInputs, droppedAlerts, firingAlerts } from '../core/alert-rules.ts';
import type { AlertSource, FiringAlert } from '../core/alert-source.ts';
import { RecentIncrease } from '../core/recent-increase.ts';
import type { PredictionJournal } from '../journal/prediction-journal.ts';

/** Where the figures of the models come from. */
export interface FigureParts {
  readonly models: readonly string[];
  readonly journal: PredictionJournal;
  readonly auditor: ParityAuditor;
  readonly answers: AnswerAuditor;
  /** What was found by counting is over when the count has stood still for so long. */
  readonly quietMs: number;
}

/** Asks the rules on the figures of each model: audits, tiers, shadows and what was dropped. */
export class FigureSource implements AlertSource {
  readonly #parts: FigureParts;
  readonly #increases = new Map<string, RecentIncrease>();

  constructor(parts: FigureParts) {
    this.#parts = parts;
  }

  firing(nowMs: number): readonly FiringAlert[] {
    const { models, journal } = this.#parts;
    const dropped = this.#lately('dropped', journal.dropped, nowMs);
    return [
      ...droppedAlerts(dropped),
      ...models.flatMap((model) => firingAlerts(this.#inputsOf(model, nowMs))),
    ];
  }

  #inputsOf(model: string, nowMs: number): AlertInputs {
    const { journal, auditor, answers } = this.#parts;
    const { mismatches, examples } = auditor.figures(model);
    const answered = answers.figures(model);
    const recent = journal.recent(model);
    const { all, some } = journal.recentPairs(model);
    const [example] = examples;
    return {
      model,
      parityMismatches: this.#lately(`parity ${model}`, mismatches, nowMs),
      parityExample:
        example === undefined ? '' : `${example.predictionId}, column ${example.column}`,
      answerMismatches: this.#lately(`answers ${model}`, answered.mismatches, nowMs),
      answerExample: answered.example,
      recentAnswers: recent.answers,
      recentDegradedShare: recent.degradedShare,
      shadowExpected: all,
      shadowPairs: some,
    };
  }

  #lately(count: string, total: number, nowMs: number): number {
    const increase = this.#increases.get(count) ?? new RecentIncrease(this.#parts.quietMs);
    this.#increases.set(count, increase);
    return increase.take(total, nowMs);
  }
}
