import type { ModelFacts } from './model-facts.ts';
import { emptyLift, type LiftReport, readLift } from './read-lift.ts';
import type { LogParts } from './scan-log.ts';

/** What a desk is made of. */
export interface LiftDeskParts extends LogParts {
  /** Version of a model that serves callers; undefined while that is not known. */
  readonly servingVersion: (model: string) => number | undefined;
}

/** A look at the log, and what it took. */
interface Look {
  readonly report: LiftReport;
  readonly takenAtMs: number;
  readonly tookMs: number;
}

// 1 in 200: where outcomes come, `OutcomeLoop` looks far more often than that; without them another look counts more answers and says nothing else.
const askedShareMax = 0.005;
// 5 s: as often as `OutcomeLoop` looks at most.
const keptMinMs = 5_000;

/** Compares what versions bring with control, and keeps the newest comparison of each model, so that whoever asks again and again does not have the log read each time. */
export class LiftDesk {
  readonly #parts: LiftDeskParts;
  readonly #looks = new Map<string, Look>();
  /** Looks that are under way. */
  readonly #looking = new Map<string, Promise<LiftReport>>();

  constructor(parts: LiftDeskParts) {
    this.#parts = parts;
  }

  /** Takes a new look at the newest version of a model that was to answer. O(predictions looked at). */
  look(known: ModelFacts, signal: AbortSignal): Promise<LiftReport> {
    const { model } = known;
    const look = this.#look(known, signal).finally(() => {
      if (this.#looking.get(model) === look) this.#looking.delete(model);
    });
    this.#looking.set(model, look);
    return look;
  }

  /** Takes a new look at a version. O(predictions looked at). */
  lookAt(version: number, known: ModelFacts, signal: AbortSignal): Promise<LiftReport> {
    return version === 0 ? this.look(known, signal) : readLift(this.#parts, known, version, signal);
  }

  /** Gives the newest look at a model. Takes one only where there is none or it is old for what it took, and none at all where no caller is of control. */
  async newest(known: ModelFacts, signal: AbortSignal): Promise<LiftReport> {
    const { model, controlShare } = known;
    const { clock, servingVersion } = this.#parts;
    if (controlShare === 0) return emptyLift(known, servingVersion(model) ?? 0, clock.epoch());
    const kept = this.#kept(model);
    if (kept !== undefined) return kept;
    const looking = this.#looking.get(model);
    if (looking === undefined) return this.look(known, signal);
    // Whoever looks now may give up, or fail: then the log is read anew.
    return (await looking.catch(() => undefined)) ?? this.look(known, signal);
  }

  async #look(known: ModelFacts, signal: AbortSignal): Promise<LiftReport> {
    const { clock } = this.#parts;
    const startedAtMs = clock.monotonic();
    const report = await readLift(this.#parts, known, 0, signal);
    const takenAtMs = clock.monotonic();
    this.#looks.set(known.model, { report, takenAtMs, tookMs: takenAtMs - startedAtMs });
    return report;
  }

  #kept(model: string): LiftReport | undefined {
    const look = this.#looks.get(model);
    if (look === undefined) return undefined;
    const keptMs = Math.max(keptMinMs, look.tookMs * (1 / askedShareMax - 1));
    return this.#parts.clock.monotonic() - look.takenAtMs < keptMs ? look.report : undefined;
  }
}
