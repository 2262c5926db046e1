import assert from 'node:assert/strict';
import type { Clock } from '../../shared/kernel/clock.ts';
import type { Component } from '../../shared/kernel/component.ts';
import { hashPoint } from '../../shared/kernel/hash-point.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import { AnswerBlockWriter, type RowRun, type ServedAnswers } from '../core/answer-block-writer.ts';
import type { AnswerRecord, AnswerStore } from '../ports.ts';

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
  /** Share of the entities whose answers are kept, 0 to 1: whole entities, chosen by their keys. */
  readonly answerRate: number;
  readonly answersMax: number;
  readonly answersWaitingMax: number;
}

/** Answers wait so long for others: a crash loses at most those of that time, and counts them as not audited. */
const gatherMs = durationMs(100);

/** Blocks of one commit. */
const commitBlocksMax = 32;

/** Writers that wait for use: what a busy feature set fills while one commit is written. */
const sparesMax = 8;

/**
 * Keeps the answers that were given, with their stamps, for the audit. It never makes an answer wait: a read is copied
 * into the record that will be written, so that its own arrays are free at once.
 */
export class AnswerLog implements Component {
  readonly name = 'answer-log';
  readonly #ports: AnswerLogPorts;
  readonly #limits: AnswerLogLimits;
  readonly #leaving = new AbortController();
  /** The records that take what comes, by the hash of their feature set. */
  #open = new Map<string, AnswerBlockWriter>();
  #full: AnswerBlockWriter[] = [];
  #spares: AnswerBlockWriter[] = [];
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
    // The store lets go of what is too old or too large by itself.
    return this.#next - Math.max(this.#first, this.#ports.store.bounds().first);
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

  /** Takes the rows of a read as they are answered, those of the entities that are kept: it copies them. */
  offer(answers: ServedAnswers): void {
    const { answerRate, answersWaitingMax } = this.#limits;
    if (answerRate <= 0) return;
    if (this.#waitingRows + answers.rows > answersWaitingMax) {
      this.#dropped += answers.rows;
      return;
    }
    const isFirst = this.#waitingRows === 0;
    if (answerRate >= 1) this.#copy(answers, { from: 0, until: answers.rows });
    else for (const run of keptRuns(answers, answerRate)) this.#copy(answers, run);
    if (isFirst) this.#wake();
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
      if (this.#waitingRows === 0) {
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

  #copy(answers: ServedAnswers, { from, until }: RowRun): void {
    const { featureSetHash } = answers;
    this.#waitingRows += until - from;
    let at = from;
    while (at < until) {
      const writer = this.#open.get(featureSetHash) ?? this.#writerFor(answers);
      at = writer.add(answers, { from: at, until });
      if (!writer.isFull) return;
      this.#open.delete(featureSetHash);
      this.#full.push(writer);
    }
  }

  #writerFor(answers: ServedAnswers): AnswerBlockWriter {
    const { featureSetHash } = answers;
    const at = this.#spares.findIndex((spare) => spare.featureSetHash === featureSetHash);
    const writer = at < 0 ? new AnswerBlockWriter(answers) : this.#spares.splice(at, 1)[0];
    assert(writer !== undefined, 'the spare that was found is there');
    this.#open.set(featureSetHash, writer);
    return writer;
  }

  async #write(): Promise<void> {
    const writers = [...this.#full, ...this.#open.values()];
    this.#full = [];
    this.#open = new Map();
    for (let from = 0; from < writers.length; from += commitBlocksMax) {
      const taken = writers.slice(from, from + commitBlocksMax);
      const rows = taken.reduce((sum, writer) => sum + writer.rows, 0);
      await this.#commit(await this.#records(taken), rows);
      for (const writer of taken) writer.reset();
      this.#waitingRows -= rows;
      // The newest stay: a feature set that nobody reads any more gives its place to one that is read.
      this.#spares = [...taken, ...this.#spares].slice(0, sparesMax);
    }
  }

  async #records(writers: readonly AnswerBlockWriter[]): Promise<readonly AnswerRecord[]> {
    const blocks: AnswerRecord[] = [];
    let next = this.#next;
    for (const writer of writers) {
      blocks.push({ firstAnswer: next, rows: writer.rows, bytes: writer.finish(next) });
      next += writer.rows;
      await this.#ports.yieldTurn();
    }
    return blocks;
  }

  async #commit(blocks: readonly AnswerRecord[], rows: number): Promise<void> {
    const { store, onError } = this.#ports;
    const next = this.#next + rows;
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

/** Gives the rows of a read that are kept, as runs of neighbours. */
function* keptRuns({ rows, keys }: ServedAnswers, rate: number): Generator<RowRun> {
  const width = keys.length / rows;
  let from = 0;
  for (let row = 0; row < rows; row += 1) {
    if (hashPoint('answers', keys.slice(row * width, (row + 1) * width)) < rate) continue;
    if (row > from) yield { from, until: row };
    from = row + 1;
  }
  if (rows > from) yield { from, until: rows };
}
