import type { Clock } from '../../shared/kernel/clock.ts';
import type { Component } from '../../shared/kernel/component.ts';
import { monitorMetrics } from '../../shared/kernel/metric-catalogue.ts';
import type { BoundCounter, MetricSink } from '../../shared/kernel/metric-sink.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { AnswerAudits, AuditedAnswers } from '../ports.ts';

/** What was audited of the answers of one feature set. */
export interface AnswerFigures {
  readonly audited: number;
  readonly mismatches: number;
  /** The newest mismatch, for people; empty when there was none. */
  readonly example: string;
}

/** What an {@link AnswerAuditor} is made of. */
export interface AnswerAuditorOptions {
  readonly audits: AnswerAudits;
  readonly clock: Clock;
  readonly metrics: MetricSink;
  /** Answers that are audited a second, of those that came since the last time: the newest. 0 audits none. */
  readonly answersPerSecond: number;
  /** Pause between two audits, in ms: one scan of the warehouse serves all answers of that time. */
  readonly everyMs: number;
  readonly onError: (error: unknown) => void;
}

/**
 * Has the feature service audit what it has answered, to whomever, all the time. A mismatch stays: an answer that was wrong
 * was wrong.
 */
export class AnswerAuditor implements Component {
  readonly name = 'answer-auditor';
  readonly #options: AnswerAuditorOptions;
  readonly #figures = new Map<string, AnswerFigures>();
  readonly #leaving = new AbortController();
  readonly #equal: BoundCounter;
  readonly #different: BoundCounter;
  #lastAnswer = 0;
  #running: Promise<void> = Promise.resolve();

  constructor(options: AnswerAuditorOptions) {
    this.#options = options;
    const answers = options.metrics.counter(monitorMetrics.auditedAnswers);
    this.#equal = answers.bind({ outcome: 'equal' });
    this.#different = answers.bind({ outcome: 'different' });
  }

  start(): Promise<void> {
    if (this.#options.answersPerSecond > 0) this.#running = this.#run();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#leaving.abort(new Error('the auditor stops'));
    await this.#running;
  }

  /** Gives what was audited of a model's feature set so far. */
  figures(featureSet: string): AnswerFigures {
    return this.#figures.get(featureSet) ?? { audited: 0, mismatches: 0, example: '' };
  }

  async #run(): Promise<void> {
    const { signal } = this.#leaving;
    const { clock, everyMs, onError } = this.#options;
    while (!signal.aborted) {
      await clock.sleep(durationMs(everyMs), signal).catch(() => undefined);
      if (signal.aborted) return;
      await this.#audit(signal).catch((error: unknown) => {
        if (!signal.aborted) onError(error);
      });
    }
  }

  async #audit(signal: AbortSignal): Promise<void> {
    const { audits, answersPerSecond, everyMs } = this.#options;
    const limit = Math.max(1, Math.round((answersPerSecond * everyMs) / 1_000));
    const found = await audits.audit({ afterAnswer: this.#lastAnswer, limit }, signal);
    this.#lastAnswer = Math.max(this.#lastAnswer, found.lastAnswer);
    this.#equal.add(found.answers - found.mismatchedAnswers);
    this.#different.add(found.mismatchedAnswers);
    for (const featureSet of found.featureSets) this.#note(featureSet);
  }

  #note({ name, answers, mismatches, example }: AuditedAnswers['featureSets'][number]): void {
    const known = this.figures(name);
    this.#figures.set(name, {
      audited: known.audited + answers,
      mismatches: known.mismatches + mismatches,
      example: example === '' ? known.example : example,
    });
  }
}
