import {
  type CohortFigures,
  CohortTally,
  type TalliedAnswer,
} from '../core/outcomes/cohort-tally.ts';
import { explainLoss } from '../core/outcomes/explain-loss.ts';
import { judgeLift, type LiftFinding, type LiftPolicy } from '../core/statistics/lift.ts';
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
  /** Undefined where the log has no answers of predecessors. */
  readonly before: CohortFigures | undefined;
  /** What goes with a loss, for people; empty without one. */
  readonly explanation: string;
}

// 2,000: enough for a quantile at 99 %, and soon read.
const beforeMax = 2_000;
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
  await scanLog(
    parts,
    facts.model,
    (prediction, outcome) => reading.take(prediction, outcome),
    signal,
  );
  return reading.report();
}

/** Reads from the newest to the oldest: answers of control count once an older one of the version shows that they are of its time. */
class LiftReading {
  readonly #facts: ModelFacts;
  readonly #model = new CohortTally();
  readonly #control = new CohortTally();
  readonly #before = new CohortTally();
  #version: number;
  #pending: TalliedAnswer[] = [];
  /** Answers of predecessors since the last one of its own. */
  #beforeRun = 0;
  #hasCanary = false;

  constructor(facts: ModelFacts, version: number) {
    this.#facts = facts;
    this.#version = version;
  }

  take(prediction: StoredPrediction, outcome: StoredOutcome | undefined): 'more' | 'enough' {
    if (this.#facts.isExcluded(prediction.keys)) return 'more';
    const answer = this.#tallied(prediction, outcome);
    if (prediction.role === 'ROLE_CONTROL') {
      this.#pending.push(answer);
      return 'more';
    }
    const version = assignedVersion(prediction);
    if (version === 0) return 'more';
    if (this.#version === 0 && prediction.role === 'ROLE_PRODUCTION') this.#version = version;
    if (prediction.role === 'ROLE_CANARY') this.#hasCanary = true;
    if (version === this.#version) this.#takeOwn(answer);
    else if (version < this.#version) this.#takeBefore(answer);
    return this.#beforeRun >= beforeMax ? 'enough' : 'more';
  }

  report(): LiftReport {
    const { plan, controlShare } = this.#facts;
    const { alpha, requestsPlanned: countPlanned, liftMin, margin } = plan.lift;
    const cohorts = { model: this.#model.rows(), control: this.#control.rows() };
    // While a canary takes callers from production, and by steps, there is no share that either was to have: sizes are as they are.
    const found = cohorts.model.length / (cohorts.model.length + cohorts.control.length);
    const share = this.#hasCanary && Number.isFinite(found) ? found : 1 - controlShare;
    const policy: LiftPolicy = {
      ...{ alpha, countPlanned, liftMin, margin, entitiesMin },
      // A share of 0 or 1 leaves nothing to compare, and no odds to check.
      modelShare: Math.min(0.999_999, Math.max(0.000_001, share)),
    };
    const finding = judgeLift(cohorts, policy);
    const [model, control] = [this.#model.figures(), this.#control.figures()];
    const predecessors = this.#before.figures();
    const before = predecessors.answers === 0 ? undefined : predecessors;
    const [fromMs, untilMs] = this.#model.interval;
    return {
      ...{ version: this.#version, policy, finding, model, control, before },
      fromMs: model.answers === 0 ? 0 : fromMs,
      untilMs,
      explanation: finding.verdict === 'worse' ? explainLoss({ model, control, before }) : '',
    };
  }

  #takeOwn(answer: TalliedAnswer): void {
    for (const control of this.#pending) {
      if (control.atMs >= answer.atMs) this.#control.add(control);
    }
    this.#pending = [];
    this.#beforeRun = 0;
    this.#model.add(answer);
  }

  #takeBefore(answer: TalliedAnswer): void {
    this.#beforeRun += 1;
    this.#before.add(answer);
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
