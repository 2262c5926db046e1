import type { AuditedSet, AuditMismatch, JobProgress, JobRequest } from '../jobs/job-protocol.ts';
import type { JobRunner } from '../ports.ts';

/** Which answers to audit. */
export interface AuditQuery {
  /** Empty means all feature sets. */
  readonly featureSetHash: string;
  /** At most so many, the newest. */
  readonly limit: number;
  /** Only answers with t at or after this, epoch ms. */
  readonly sinceMs: number;
  /** Only answers after the one with this number. */
  readonly afterAnswer: number;
  readonly examplesMax: number;
}

/** What an audit found, over all feature sets; see AuditSummary in the contract. */
export interface AuditTotals extends Omit<AuditedSet, 'featureSet'> {
  readonly unauditable: number;
  /** What the program met in answers that it could not compute again; empty where that did not happen. */
  readonly fault: string;
  /** Number of the newest answer that was looked at; 0 when there was none. */
  readonly lastAnswer: number;
  readonly sets: readonly Pick<AuditedSet, 'featureSet' | 'answers' | 'mismatches'>[];
}

/** Answers of one job: they share a scan of the warehouse, and others who wait for the thread get their turn after it. */
const sliceRowsMax = 25_000;

/**
 * Audits answers in slices, the newest first: memory holds one slice and the events that it reaches.
 * @throws {MeshError} what the job met
 */
export async function* auditInSlices(
  auditor: JobRunner,
  query: AuditQuery,
  available: number,
  signal: AbortSignal,
): AsyncGenerator<JobProgress, AuditTotals> {
  const { limit, examplesMax, ...filter } = query;
  const total = Math.min(limit, available);
  const totals = new Totals(examplesMax);
  let beforeAnswer = Number.POSITIVE_INFINITY;
  let left = limit;
  while (left > 0) {
    const rowsMax = Math.min(left, sliceRowsMax);
    const request = { ...filter, kind: 'audit', beforeAnswer, rowsMax, examplesMax } as const;
    const result = yield* runSlice(auditor, { request, done: totals.looked, total }, signal);
    if (result.firstAnswer === 0) break;
    totals.add(result);
    beforeAnswer = result.firstAnswer;
    left = limit - totals.looked;
  }
  return totals.all();
}

interface Slice {
  readonly request: Extract<JobRequest, { kind: 'audit' }>;
  readonly done: number;
  readonly total: number;
}

interface SliceResult {
  readonly sets: readonly AuditedSet[];
  readonly unauditable: number;
  readonly fault: string;
  readonly firstAnswer: number;
  readonly lastAnswer: number;
}

async function* runSlice(
  auditor: JobRunner,
  { request, done, total }: Slice,
  signal: AbortSignal,
): AsyncGenerator<JobProgress, SliceResult> {
  const job = auditor.run(request, signal);
  for (;;) {
    const step = await job.next();
    if (step.done === true) return step.value;
    if (step.value.kind !== 'progress') continue;
    const { stage, done: own } = step.value;
    yield { kind: 'progress', stage, done: Math.min(total, done + own), total };
  }
}

class Totals {
  readonly #examplesMax: number;
  readonly #sets = new Map<string, { answers: number; mismatches: number }>();
  readonly #sums = {
    answers: 0,
    cells: 0,
    mismatches: 0,
    mismatchedAnswers: 0,
    changedSince: 0,
    lateEffects: 0,
    unauditable: 0,
  };
  #examples: readonly AuditMismatch[] = [];
  #lastAnswer = 0;
  #fault = '';

  constructor(examplesMax: number) {
    this.#examplesMax = examplesMax;
  }

  /** Answers that were looked at. */
  get looked(): number {
    return this.#sums.answers + this.#sums.unauditable;
  }

  add({ sets, unauditable, fault, lastAnswer }: SliceResult): void {
    this.#fault ||= fault;
    this.#lastAnswer = Math.max(this.#lastAnswer, lastAnswer);
    this.#sums.unauditable += unauditable;
    for (const { featureSet, examples, ...figures } of sets) {
      this.#sums.answers += figures.answers;
      this.#sums.cells += figures.cells;
      this.#sums.mismatches += figures.mismatches;
      this.#sums.mismatchedAnswers += figures.mismatchedAnswers;
      this.#sums.changedSince += figures.changedSince;
      this.#sums.lateEffects += figures.lateEffects;
      this.#examples = [...this.#examples, ...examples].slice(0, this.#examplesMax);
      const known = this.#sets.get(featureSet);
      this.#sets.set(featureSet, {
        answers: figures.answers + (known?.answers ?? 0),
        mismatches: figures.mismatches + (known?.mismatches ?? 0),
      });
    }
  }

  all(): AuditTotals {
    return {
      ...this.#sums,
      examples: this.#examples,
      fault: this.#fault,
      lastAnswer: this.#lastAnswer,
      sets: [...this.#sets].map(([featureSet, figures]) => ({ featureSet, ...figures })),
    };
  }
}
