import type { Clock } from '../../shared/kernel/clock.ts';
import type { Component } from '../../shared/kernel/component.ts';
import { hashPoint } from '../../shared/kernel/hash-point.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { durationMs, monotonicMs } from '../../shared/kernel/units.ts';
import { firstDifference, type ServedVector } from '../core/parity.ts';
import type { AuditedAnswer, Recomputer } from '../ports.ts';

/** An answer that was served with other features than those that its recomputation gives. */
export interface ParityMismatch {
  readonly predictionId: string;
  /** Position among the view columns. */
  readonly column: number;
}

/** What was audited of one model. */
export interface ParityFigures {
  readonly checked: number;
  readonly mismatches: number;
  readonly pending: number;
  readonly examples: readonly ParityMismatch[];
}

/** What an auditor is made of. */
export interface ParityAuditorOptions {
  readonly recomputer: Recomputer;
  readonly clock: Clock;
  /** Share of the entities whose answers are audited, 0 to 1: whole entities, so that one recomputation serves many of their answers. */
  readonly share: number;
  readonly onError: (error: unknown) => void;
}

const batchRows = 1_024;
/** Answers that wait; more are not audited, and the sample is smaller. Eight batches: what is audited while answers come is four minutes old then, and takes 10 MB. */
const waitingMax = 8 * batchRows;
const examplesMax = 20;
/** A batch that is not full waits so long for more: one scan of the warehouse serves them all. */
const gatherMs = durationMs(1_000);
const retryMs = durationMs(1_000);
/**
 * While answers arrive, an audit is followed by a rest of so many times what it took, and of at most so long: an audit scans
 * the warehouse on all cores, and a quarter of the time was a third of what the whole path of a prediction takes.
 */
const restTimes = 19;
const restMsMax = 30_000;
/** No answer for so long means that nobody is waiting: audits then run one after the other. */
const quietMs = 5_000;
const pollMs = 500;

interface Tally {
  checked: number;
  mismatches: number;
  readonly examples: ParityMismatch[];
}

/** Audits a sample of the answers: asks for their recomputation and compares each bit. There is no tolerance. */
export class ParityAuditor implements Component {
  readonly name = 'parity-auditor';
  readonly #options: ParityAuditorOptions;
  readonly #tallies = new Map<string, Tally>();
  readonly #leaving = new AbortController();
  #waiting: AuditedAnswer[] = [];
  #underWay: readonly AuditedAnswer[] = [];
  #running: Promise<void> = Promise.resolve();
  #wake = () => {};
  #offeredAt = monotonicMs(Number.NEGATIVE_INFINITY);
  #restsUntil = monotonicMs(Number.NEGATIVE_INFINITY);

  constructor(options: ParityAuditorOptions) {
    this.#options = options;
  }

  start(): Promise<void> {
    this.#running = this.#run();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#leaving.abort(new Error('the auditor stops'));
    this.#wake();
    await this.#running;
  }

  /** Takes an answer, if its entity is in the sample and there is room: its bytes may be the caller's again afterwards. */
  offer(answer: AuditedAnswer): void {
    this.#offeredAt = this.#options.clock.monotonic();
    if (hashPoint('parity', answer.keys) >= this.#options.share) return;
    if (this.#waiting.length >= waitingMax) return;
    this.#waiting.push(withOwnBytes(answer));
    if (this.#waiting.length === 1 || this.#waiting.length >= batchRows) this.#wake();
  }

  /** Gives what was audited of a model so far. */
  figures(model: string): ParityFigures {
    const { checked, mismatches, examples } = this.#tallyOf(model);
    const isOfModel = (answer: AuditedAnswer) => answer.model === model;
    const pending =
      this.#waiting.filter(isOfModel).length + this.#underWay.filter(isOfModel).length;
    return { checked, mismatches, pending, examples };
  }

  async #run(): Promise<void> {
    const { signal } = this.#leaving;
    while (!signal.aborted) {
      if (this.#waiting.length === 0) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      await this.#yieldToTraffic();
      if (this.#waiting.length < batchRows) await this.#pause(gatherMs);
      if (!signal.aborted && this.#waiting.length > 0) await this.#auditBatch(signal);
    }
  }

  async #auditBatch(signal: AbortSignal): Promise<void> {
    const hash = this.#waiting[0]?.featureSetHash ?? '';
    const isOfSet = (answer: AuditedAnswer) => answer.featureSetHash === hash;
    const batch = this.#waiting.filter(isOfSet).slice(0, batchRows);
    const taken = new Set(batch);
    this.#waiting = this.#waiting.filter((answer) => !taken.has(answer));
    this.#underWay = batch;
    const startedAt = this.#options.clock.monotonic();
    try {
      const vectors = await this.#options.recomputer.recompute(hash, batch, signal);
      batch.forEach((answer, row) => {
        this.#compare(answer, vectors[row]);
      });
      const now = this.#options.clock.monotonic();
      this.#restsUntil = monotonicMs(now + Math.min(restTimes * (now - startedAt), restMsMax));
    } catch (error) {
      if (!signal.aborted) {
        this.#options.onError(error);
        // An audit that could not be done is not one that passed: it waits for its turn again.
        if (isPassing(error)) this.#waiting.push(...batch);
        await this.#pause(retryMs);
      }
    } finally {
      this.#underWay = [];
    }
  }

  /** While answers arrive, audits take a twentieth of the time and leave the rest of the machine to those who wait for an answer. */
  async #yieldToTraffic(): Promise<void> {
    while (!this.#leaving.signal.aborted) {
      const time = this.#options.clock.monotonic();
      const leftMs = this.#restsUntil - time;
      if (leftMs <= 0 || time - this.#offeredAt > quietMs) return;
      await this.#pause(durationMs(Math.min(pollMs, leftMs)));
    }
  }

  #compare(answer: AuditedAnswer, recomputed: ServedVector | 'erased' | undefined): void {
    // What it was computed from is gone: nobody can say any more whether it was right.
    if (recomputed === 'erased') return;
    const tally = this.#tallyOf(answer.model);
    tally.checked += 1;
    const column = recomputed === undefined ? 0 : firstDifference(answer, recomputed);
    if (column === undefined) return;
    tally.mismatches += 1;
    if (tally.examples.length < examplesMax) {
      tally.examples.push({ predictionId: answer.predictionId, column });
    }
  }

  async #pause(duration: typeof retryMs): Promise<void> {
    await this.#options.clock.sleep(duration, this.#leaving.signal).catch(() => undefined);
  }

  #tallyOf(model: string): Tally {
    const known = this.#tallies.get(model);
    if (known) return known;
    const tally: Tally = { checked: 0, mismatches: 0, examples: [] };
    this.#tallies.set(model, tally);
    return tally;
  }
}

/** Tells whether an error may be gone when one asks again: a service that is down or slow, not a row that it refuses. */
function isPassing(error: unknown): boolean {
  return (
    !(error instanceof MeshError) ||
    ['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'RESOURCE_EXHAUSTED'].includes(error.code)
  );
}

/** Gives an answer with a copy of its vector: what was received is a view of a whole message, which would be kept for as long as one of its answers waits. */
function withOwnBytes(answer: AuditedAnswer): AuditedAnswer {
  const { values, statuses } = answer;
  const own = new Uint8Array(values.length + statuses.length);
  own.set(values);
  own.set(statuses, values.length);
  return {
    ...answer,
    values: own.subarray(0, values.length),
    statuses: own.subarray(values.length),
  };
}
