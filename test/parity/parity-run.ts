import { setTimeout as delay } from 'node:timers/promises';
import { seededRandom } from '../../services/shared/kernel/random.ts';
import type { ServiceConfig } from '../../services/shared/platform/process/service-config.ts';
import { type AuditSummary, audit } from '../support/audit-tester.ts';
import { RunningFeature } from '../support/running-feature.ts';
import { askAround, type EventFeed, presentCells, readFeed } from './event-feed.ts';

/** What is run. */
export interface ParityPlan {
  /** Empty folder for the service's data. */
  readonly folder: string;
  /** Module that exports a mesh over flights. */
  readonly meshModule: string;
  /** Options of the feature service. */
  readonly options: ServiceConfig['options'];
  /** Flights that are visible before become history; those up to `untilMs` are ingested. */
  readonly historyUntilMs: number;
  readonly untilMs: number;
  /** Answers to read while events are ingested. */
  readonly answersMin: number;
  /** Share of the events that come late, 0 to 1. */
  readonly lateShare: number;
  /** How often the process is killed by SIGKILL, spread over the events. */
  readonly kills: number;
  readonly seed: number;
  /** Learns what is being done. */
  readonly show: (text: string) => void;
}

/** What came of a run. */
export interface ParityReport {
  /** Answers that were computed again, and their values. */
  readonly answers: number;
  readonly cells: number;
  /** Values that differ from their recomputation in any bit. */
  readonly mismatches: number;
  /** Answers that callers got, and those of them that the log lost by a kill: not audited. */
  readonly served: number;
  readonly notAudited: number;
  /** Share of the values that were computed from events, rather than defaults. */
  readonly presentShare: number;
  /** Values that events which came afterwards would change, and those that late events change. */
  readonly changedSince: number;
  readonly lateEffects: number;
  /** Events that were ingested; late ones among them; and what was sent again and known. */
  readonly events: number;
  readonly late: number;
  readonly duplicates: number;
  readonly kills: number;
  /** Calls that failed while the process was away. */
  readonly failedReads: number;
  readonly logOffset: number;
  readonly runMs: number;
  readonly auditMs: number;
  /** The first mismatches in detail. */
  readonly examples: AuditSummary['examples'];
}

const batchRows = 500;
const askedRows = 256;
/** Batches that are sent again after a reconnect, as a caller does who does not know what arrived. */
const resentBatches = 4;
/** One batch in so many is sent twice, as a caller does who lost an acknowledgement. */
const twiceEvery = 50;

/**
 * Ingests events with late ones and duplicates while answers are read, kills the process in the middle, and audits
 * everything that was answered.
 */
export async function runParity(plan: ParityPlan): Promise<ParityReport> {
  plan.show('importing the history');
  const running = await RunningFeature.start(plan.folder, plan.meshModule, plan.options);
  const run = new ParityRun(plan, running);
  try {
    return await run.all();
  } finally {
    await run.stop();
  }
}

class ParityRun {
  readonly #plan: ParityPlan;
  #running: RunningFeature;
  #kills = 0;
  #served = 0;
  #cells = 0;
  #present = 0;
  #failedReads = 0;
  #acknowledged = 0;
  #duplicates = 0;
  #logOffset = 0;
  /** Resolves when the process that was killed is back. */
  #back: Promise<void> = Promise.resolve();

  constructor(plan: ParityPlan, running: RunningFeature) {
    this.#plan = plan;
    this.#running = running;
  }

  async stop(): Promise<void> {
    await this.#running[Symbol.asyncDispose]();
  }

  async all(): Promise<ParityReport> {
    const { historyUntilMs, untilMs, lateShare, seed, show } = this.#plan;
    await this.#running.tester.import(historyUntilMs);
    const feed = await readFeed(this.#running.tester, {
      fromMs: historyUntilMs,
      untilMs,
      lateShare,
      batchRows,
      seed,
    });
    show(
      `ingesting ${feed.flights.length} events, ${feed.late} of them late, while answers are read`,
    );
    const startedMs = performance.now();
    await Promise.all([this.#ingest(feed), this.#read(feed), this.#kill(feed)]);
    const runMs = performance.now() - startedMs;
    show(`auditing ${this.#served} answers`);
    const found = await audit(this.#running.tester);
    return this.#report(feed, found, { runMs, auditMs: performance.now() - startedMs - runMs });
  }

  #report(
    feed: EventFeed,
    found: AuditSummary,
    took: { readonly runMs: number; readonly auditMs: number },
  ): ParityReport {
    const { answers, cells, mismatches, changedSince, lateEffects, examples } = found;
    return {
      answers,
      cells,
      mismatches,
      served: this.#served,
      notAudited: this.#served - answers,
      presentShare: this.#present / this.#cells,
      changedSince,
      lateEffects,
      events: feed.flights.length,
      late: feed.late,
      duplicates: this.#duplicates,
      kills: this.#kills,
      failedReads: this.#failedReads,
      logOffset: this.#logOffset,
      ...took,
      examples,
    };
  }

  /** Share of the events that are acknowledged. */
  #progress(feed: EventFeed): number {
    return this.#acknowledged / feed.batches.length;
  }

  async #ingest(feed: EventFeed): Promise<void> {
    let next = 0;
    while (next < feed.batches.length) {
      try {
        await this.#ingestFrom(feed, next);
        next = feed.batches.length;
      } catch (error) {
        if (!(await this.#isBackAgain())) throw error;
        next = Math.max(0, this.#acknowledged - resentBatches);
      }
    }
  }

  async #ingestFrom(feed: EventFeed, from: number): Promise<void> {
    const order = sendingOrder(from, feed.batches.length);
    // By what is sent: acknowledgements come when they like, and all would be there before anything is read.
    const isAhead = (batch: number) =>
      batch / feed.batches.length > this.#served / this.#plan.answersMin + 0.02;
    const { client } = this.#running.tester;
    async function* requests() {
      for (const [index, batch] of order.entries()) {
        while (isAhead(batch)) await delay(5);
        yield { ...feed.batches[batch], batchId: index + 1 };
      }
    }
    for await (const ack of client.ingest(requests(), {})) {
      this.#duplicates += ack.duplicates;
      this.#logOffset = ack.logOffset;
      this.#acknowledged = Math.max(this.#acknowledged, (order[ack.batchId - 1] ?? 0) + 1);
    }
  }

  async #read(feed: EventFeed): Promise<void> {
    const random = seededRandom(this.#plan.seed + 1);
    const featureSetHash = await this.#running.tester.featureSetHash();
    while (this.#served < this.#plan.answersMin || this.#progress(feed) < 1) {
      const isAhead = this.#served / this.#plan.answersMin > this.#progress(feed) + 0.02;
      if (isAhead && this.#progress(feed) < 1) {
        await delay(5);
        continue;
      }
      const nowMs = feed.newestMs[Math.max(0, this.#acknowledged - 1)] ?? 0;
      const asked = askAround(feed, { nowMs, rows: askedRows, random });
      const query = { featureSetHash, rows: askedRows, ...asked };
      try {
        const { rows } = await this.#running.tester.client.getOnlineFeatures({ query }, {});
        if (rows === null) throw new Error('an answer without rows');
        this.#served += rows.rows;
        this.#cells += rows.statuses.length;
        this.#present += presentCells(rows.statuses);
      } catch (error) {
        this.#failedReads += 1;
        if (!(await this.#isBackAgain())) throw error;
      }
    }
  }

  async #kill(feed: EventFeed): Promise<void> {
    const { kills, folder, meshModule, options, show } = this.#plan;
    for (let kill = 1; kill <= kills; kill += 1) {
      while (this.#progress(feed) < kill / (kills + 1)) await delay(1);
      show(`kill -9 of the feature service after ${this.#served} answers`);
      const victim = this.#running;
      this.#kills += 1;
      this.#back = victim
        .kill()
        .then(() => RunningFeature.start(folder, meshModule, options))
        .then((running) => {
          this.#running = running;
        });
      await this.#back;
    }
  }

  /** A call that failed because of a kill may be made again once the process is back; gives whether that was why. */
  async #isBackAgain(): Promise<boolean> {
    const before = this.#running;
    await this.#back;
    // The kill itself may be a moment behind the call that it broke.
    if (this.#running === before) await delay(50);
    await this.#back;
    return this.#kills > 0;
  }
}

/** Gives the batches in the order in which they are sent: all from one on, some of them twice. */
function sendingOrder(from: number, batches: number): readonly number[] {
  return Array.from({ length: batches - from }, (_, index) => from + index).flatMap((batch) =>
    batch % twiceEvery === twiceEvery - 1 ? [batch, batch] : [batch],
  );
}
