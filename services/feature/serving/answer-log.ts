import type { Clock } from '../../shared/kernel/clock.ts';
import type { Component } from '../../shared/kernel/component.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import { answerBlocks, type ServedAnswers } from '../core/answer-blocks.ts';
import type { AnswerBlock } from '../core/answer-codec.ts';
import type { AnswerStore } from '../ports.ts';

/** What an {@link AnswerLog} works with. */
export interface AnswerLogPorts {
  readonly store: AnswerStore;
  readonly clock: Clock;
  /** Resolves after others had their turn of the event loop. */
  readonly yieldTurn: () => Promise<void>;
  /** Learns of answers that could not be written; of a failure that goes on, once. */
  readonly onError: (error: unknown) => void;
}

/** Limits of an {@link AnswerLog}; see FeatureConfig. */
export interface AnswerLogLimits {
  readonly answerRate: number;
  readonly answersMax: number;
  readonly answersWaitingMax: number;
}

/** Answers wait so long for others: a crash loses at most those of that time, and counts them as not audited. */
const gatherMs = durationMs(20);

/** Answers of one block: 0.2 ms of copying and encoding at 16 columns. */
const blockRowsMax = 512;

/** Blocks of one commit. */
const commitBlocksMax = 32;

/** Keeps the answers that were given, with their stamps, for the audit. It never makes an answer wait. */
export class AnswerLog implements Component {
  readonly name = 'answer-log';
  readonly #ports: AnswerLogPorts;
  readonly #limits: AnswerLogLimits;
  readonly #leaving = new AbortController();
  #waiting: ServedAnswers[] = [];
  #waitingRows = 0;
  #next = 1;
  #first = 1;
  #dropped = 0;
  #hasFailed = false;
  #running: Promise<void> = Promise.resolve();
  #writing: Promise<void> = Promise.resolve();
  #wake: () => void = () => undefined;

  constructor(ports: AnswerLogPorts, limits: AnswerLogLimits) {
    this.#ports = ports;
    this.#limits = limits;
  }

  /** Answers that were given since the start and could not be kept. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Answers that the log holds. */
  get logged(): number {
    return this.#next - this.#first;
  }

  /** Number that the next answer gets. */
  get next(): number {
    return this.#next;
  }

  start(): Promise<void> {
    ({ first: this.#first, next: this.#next } = this.#ports.store.bounds());
    this.#running = this.#run();
    return Promise.resolve();
  }

  /** Writes what waits. */
  async stop(): Promise<void> {
    this.#leaving.abort(new Error('the log of answers stops'));
    this.#wake();
    await this.#running;
  }

  /** Takes the rows of a read as they are answered; its arrays must not change any more. O(1). */
  offer(answers: ServedAnswers): void {
    const { answerRate, answersWaitingMax } = this.#limits;
    if (answerRate <= 0) return;
    if (this.#waitingRows + answers.rows > answersWaitingMax) {
      this.#dropped += answers.rows;
      return;
    }
    this.#waitingRows += answers.rows;
    this.#waiting.push(answers);
    if (this.#waiting.length === 1) this.#wake();
  }

  /** Resolves when all that was offered is in the log, or counted as dropped. */
  flush(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async #run(): Promise<void> {
    const { clock, yieldTurn } = this.#ports;
    const { signal } = this.#leaving;
    while (!signal.aborted) {
      if (this.#waiting.length === 0) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      await clock.sleep(gatherMs, signal).catch(() => undefined);
      await this.flush();
      await yieldTurn();
    }
    await this.flush();
  }

  async #write(): Promise<void> {
    const served = this.#waiting;
    const waitingRows = this.#waitingRows;
    this.#waiting = [];
    let kept: AnswerBlock[] = [];
    const rule = { rate: this.#limits.answerRate, rowsMax: blockRowsMax };
    for (const block of answerBlocks(served, this.#next, rule)) {
      kept.push(block);
      await this.#ports.yieldTurn();
      if (kept.length < commitBlocksMax) continue;
      await this.#commit(kept);
      kept = [];
    }
    if (kept.length > 0) await this.#commit(kept);
    this.#waitingRows -= waitingRows;
  }

  async #commit(blocks: readonly AnswerBlock[]): Promise<void> {
    const { store, onError } = this.#ports;
    const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
    const next = (blocks[0]?.firstAnswer ?? 1) + rows;
    const keepFrom = next - this.#limits.answersMax;
    try {
      await store.append(blocks, keepFrom);
      this.#next = next;
      this.#first = Math.max(this.#first, keepFrom);
      this.#hasFailed = false;
    } catch (error) {
      this.#dropped += rows;
      // A full disk stays full for a while: it is told once.
      if (!this.#hasFailed) onError(error);
      this.#hasFailed = true;
    }
  }
}
