import {
  type CohortFigures,
  CohortTally,
  type TalliedAnswer,
} from '../core/outcomes/cohort-tally.ts';
import { explainLoss } from '../core/outcomes/explain-loss.ts';
import {
  judgeLift,
  type LiftEstimate,
  type LiftFinding,
  type LiftPolicy,
  liftEstimate,
} from '../core/statistics/lift.ts';
import type { StoredOutcome, StoredPrediction } from '../ports.ts';
import type { ModelFacts } from './model-facts.ts';
import { assignedVersion, type LogParts, scanLog } from './scan-log.ts';

/** What a version brought, against control. */
export interface LiftReport {
  /** 0 while none was to answer. */
  readonly version: number;
  readonly policy: LiftPolicy;
  readonly finding: LiftFinding;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly model: CohortFigures;
  readonly control: CohortFigures;
  /** Undefined where the log has no answers of a predecessor. */
  readonly before: CohortFigures | undefined;
  /** The version that was to answer before; 0 where the log has none. */
  readonly beforeVersion: number;
  /** The lift of the version, and that of the one before over the control of its time; undefined with fewer than 30 entities on either side. */
  readonly estimate: LiftEstimate | undefined;
  readonly beforeEstimate: LiftEstimate | undefined;
  /** Predictions of all models that were looked at, the newest first. */
  readonly scanned: number;
  /** Whether older answers of the version may have been left out, since no report looks at more predictions. */
  readonly isCut: boolean;
  /** What goes with a loss, for people; empty without one. */
  readonly explanation: string;
  /** When the log was looked at, epoch ms by the monitor's clock. */
  readonly asOfMs: number;
}

// 20,000: what a predecessor brought says whether a version brings less than it, and is read in a third of a second.
const beforeMax = 20_000;
// 30: entities of the smaller cohort; the bounds are asymptotic.
const entitiesMin = 30;

/** Compares what a version brought with the control cohort of the same time, out of the log; 0 is the newest version that was to answer. O(predictions looked at). */
export async function readLift(
  parts: LogParts,
  facts: ModelFacts,
  wantedVersion: number,
  signal: AbortSignal,
): Promise<LiftReport> {
  const reading = new LiftReading(facts, wantedVersion);
  const asOfMs = parts.clock.epoch();
  const read = await scanLog(
    parts,
    facts.model,
    (prediction, outcome) => reading.take(prediction, outcome),
    signal,
  );
  return { ...reading.report(), ...read, asOfMs };
}

/** Gives what is said of a version of which nothing was looked at. */
export function emptyLift(facts: ModelFacts, version: number, asOfMs: number): LiftReport {
  return { ...new LiftReading(facts, version).report(), scanned: 0, isCut: false, asOfMs };
}

/** Answers of a version and of the control cohort at its time. */
class CohortPair {
  readonly model = new CohortTally();
  readonly control = new CohortTally();
  #pending: TalliedAnswer[] = [];

  /** Takes an answer of control: it counts once an older one of the version has come. */
  offer(answer: TalliedAnswer): void {
    this.#pending.push(answer);
  }

  add(answer: TalliedAnswer): void {
    for (const one of this.#pending) {
      if (one.atMs >= answer.atMs) this.control.add(one);
    }
    this.#pending = [];
    this.model.add(answer);
  }

  /** Says that what control got so far was of the time of another version. */
  forget(): void {
    this.#pending = [];
  }

  /** Undefined where a cohort has too few entities for bounds. */
  estimate(): LiftEstimate | undefined {
    const cohorts = { model: this.model.rows(), control: this.control.rows() };
    const isEnough = Math.min(cohorts.model.length, cohorts.control.length) >= entitiesMin;
    return isEnough ? liftEstimate(cohorts) : undefined;
  }
}

/** Reads from the newest to the oldest: answers of control count once an older one of a version shows that they are of its time. */
class LiftReading {
  readonly #facts: ModelFacts;
  readonly #own = new CohortPair();
  readonly #before = new CohortPair();
  #version: number;
  /** The last version that was to answer before it did; 0 until one is met. */
  #beforeVersion = 0;
  /** Whether an answer of its own was met. */
  #isReached = false;
  /** Answers of the predecessor since the last one of its own. */
  #beforeRun = 0;
  #hasCanary = false;

  constructor(facts: ModelFacts, version: number) {
    this.#facts = facts;
    this.#version = version;
  }

  take(prediction: StoredPrediction, outcome: StoredOutcome | undefined): 'more' | 'enough' {
    if (this.#facts.isExcluded(prediction.keys)) return 'more';
    if (prediction.role === 'ROLE_CONTROL') {
      const answer = this.#tallied(prediction, outcome);
      this.#own.offer(answer);
      this.#before.offer(answer);
      return 'more';
    }
    const version = assignedVersion(prediction);
    if (version === 0) return 'more';
    if (prediction.role === 'ROLE_CANARY') this.#hasCanary = true;
    if (prediction.role === 'ROLE_PRODUCTION' && this.#version === 0) this.#version = version;
    if (version === this.#version) {
      this.#isReached = true;
      this.#beforeRun = 0;
      // A canary has production beside it, and the same control; what is promoted has it behind it.
      if (prediction.role === 'ROLE_PRODUCTION') this.#before.forget();
      this.#own.add(this.#tallied(prediction, outcome));
      return 'more';
    }
    if (!this.#isBefore(prediction, version)) return 'more';
    this.#beforeRun += 1;
    this.#before.add(this.#tallied(prediction, outcome));
    return this.#beforeRun >= beforeMax ? 'enough' : 'more';
  }

  report(): Omit<LiftReport, 'scanned' | 'isCut' | 'asOfMs'> {
    const { plan, controlShare } = this.#facts;
    const { alpha, requestsPlanned: countPlanned, liftMin, margin } = plan.lift;
    const cohorts = { model: this.#own.model.rows(), control: this.#own.control.rows() };
    // While a canary takes callers from production, and by steps, there is no share that either was to have: sizes are as they are.
    const found = cohorts.model.length / (cohorts.model.length + cohorts.control.length);
    const share = this.#hasCanary && Number.isFinite(found) ? found : 1 - controlShare;
    const policy: LiftPolicy = {
      ...{ alpha, countPlanned, liftMin, margin, entitiesMin },
      // A share of 0 or 1 leaves nothing to compare, and no odds to check.
      modelShare: Math.min(0.999_999, Math.max(0.000_001, share)),
    };
    const finding = judgeLift(cohorts, policy);
    const [model, control] = [this.#own.model.figures(), this.#own.control.figures()];
    const predecessor = this.#before.model.figures();
    const before = predecessor.answers === 0 ? undefined : predecessor;
    const [fromMs, untilMs] = this.#own.model.interval;
    return {
      ...{ version: this.#version, policy, finding, model, control, before },
      beforeVersion: this.#beforeVersion,
      estimate: this.#own.estimate(),
      beforeEstimate: this.#before.estimate(),
      fromMs: model.answers === 0 ? 0 : fromMs,
      untilMs,
      explanation: finding.verdict === 'worse' ? explainLoss({ model, control, before }) : '',
    };
  }

  /** What answered the callers of production before the version did; what came after an older version that is asked about is not. */
  #isBefore({ role }: StoredPrediction, version: number): boolean {
    if (role !== 'ROLE_PRODUCTION' || !this.#isReached) return false;
    if (this.#beforeVersion === 0) this.#beforeVersion = version;
    return version === this.#beforeVersion;
  }

  #tallied(prediction: StoredPrediction, outcome: StoredOutcome | undefined): TalliedAnswer {
    const { keys, atMs, tier, role, latencyMs, score, skippedReason } = prediction;
    const { worthOf, cohortEntity, covariate } = this.#facts;
    const isMeant = role === 'ROLE_CONTROL' || skippedReason === 'ALIAS_UNKNOWN';
    return {
      ...{ entity: cohortEntity(keys), atMs, latencyMs, score },
      isByModel: tier === 'TIER_MODEL',
      isDegraded: tier !== 'TIER_MODEL' && !isMeant,
      covariate: covariate(prediction),
      outcome: outcome && {
        label: outcome.label,
        value: outcome.businessValue ?? worthOf(score, outcome.label),
      },
    };
  }
}
