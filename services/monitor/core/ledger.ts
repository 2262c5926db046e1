import { isPeerFailure } from './attribution/peer-failure.ts';
import {
  type HeldPrediction,
  type HeldShadow,
  LedgerEntries,
  type LedgerOutcome,
  type LedgerPrediction,
  type LedgerShadow,
  type Tier,
} from './ledger-entries.ts';
import { ScoreHistogram } from './score-histogram.ts';
import { type ShareCounts, ShareWindow } from './share-window.ts';

/** A shadow has a second, and its answer is on its way for a while: whether there is one is looked at when its request is so old. */
const settleMs = 10_000;
/** What fails shows at once, so the stretch that is open counts. */
const openMs = 10_000;
const minuteMs = 60_000;

/** How the mesh's author values an answer once its outcome is known, and where the decision lies. */
export interface DecisionPolicy {
  /** A score at or above it is a decision for the positive label. */
  readonly threshold: number;
  readonly valueOf: (score: number, label: number) => number;
}

/** Figures of one model since the log began. */
export interface LedgerFigures {
  readonly predictions: number;
  readonly tiers: readonly {
    readonly tier: Tier;
    readonly version: number;
    readonly count: number;
    /** Of the last minute. */
    readonly recentCount: number;
  }[];
  /** Answers that shadows were to give, over all of them, and those that they gave. */
  readonly shadowExpected: number;
  readonly shadowPairs: number;
  /** Share of pairs with the same decision; undefined while there are none. */
  readonly shadowAgreement: number | undefined;
  readonly shadowScoreDifference: number | undefined;
  /** Of the answers of tier MODEL; undefined until both labels were seen. */
  readonly auc: number | undefined;
  readonly outcomes: number;
  readonly businessValue: number | undefined;
  readonly newestAtMs: number;
}

/** Answers of one version in one tier. */
interface TierAnswers {
  readonly tier: Tier;
  readonly version: number;
  count: number;
  readonly recent: ShareWindow;
}

interface ModelFigures {
  predictions: number;
  newestAtMs: number;
  readonly tiers: TierAnswers[];
  shadowExpected: number;
  shadowPairs: number;
  shadowAgreed: number;
  shadowDifference: number;
  outcomes: number;
  businessValue: number;
  readonly histogram: ScoreHistogram;
  /** What shadows were to answer of late, and what they did. */
  readonly pairs: ShareWindow;
  /** Requests of late, and those that failed at what versions share; of callers and of shadows. */
  readonly peers: ShareWindow;
  readonly shadowPeers: ShareWindow;
}

/**
 * Joins answers, shadow answers and outcomes by prediction id, in any order of arrival, each counted once, and keeps the figures of each
 * model. It holds the last `entriesMax` predictions for joining; figures go on counting what has left.
 */
export class Ledger {
  readonly #policies: ReadonlyMap<string, DecisionPolicy>;
  readonly #entries: LedgerEntries;
  readonly #models = new Map<string, ModelFigures>();

  constructor(policies: ReadonlyMap<string, DecisionPolicy>, entriesMax: number) {
    this.#policies = policies;
    this.#entries = new LedgerEntries(entriesMax);
  }

  /** Takes an answer; tells whether it is new. */
  prediction(prediction: LedgerPrediction): boolean {
    const slot = this.#entries.slotOf(prediction.predictionId);
    if (!this.#entries.keep(slot, prediction)) return false;
    const { model, receivedAtMs, shadowVersions } = prediction;
    const figures = this.#figuresOf(model);
    figures.predictions += 1;
    figures.newestAtMs = Math.max(figures.newestAtMs, prediction.atMs);
    figures.shadowExpected += shadowVersions.length;
    figures.peers.add(receivedAtMs, 1);
    if (isPeerFailure(prediction.failure)) figures.peers.mark(receivedAtMs);
    if (shadowVersions.length > 0) {
      figures.pairs.add(receivedAtMs, shadowVersions.length);
      figures.shadowPeers.add(receivedAtMs, shadowVersions.length);
    }
    countTier(figures, prediction);
    for (const shadow of this.#entries.shadowsOf(slot)) this.#pair(prediction, shadow);
    const outcome = this.#entries.outcomeOf(slot);
    if (outcome !== undefined) this.#join(prediction, outcome.label, outcome.value);
    return true;
  }

  /** Takes a shadow's answer; tells whether it is new. */
  shadow(shadow: LedgerShadow): boolean {
    const slot = this.#entries.slotOf(shadow.predictionId);
    if (!this.#entries.addShadow(slot, shadow)) return false;
    const prediction = this.#entries.predictionOf(slot);
    if (prediction !== undefined) this.#pair(prediction, shadow);
    return true;
  }

  /** Takes an outcome; tells whether it is new. A second outcome of one prediction changes nothing. */
  outcome(outcome: LedgerOutcome): boolean {
    const slot = this.#entries.slotOf(outcome.predictionId);
    if (!this.#entries.keepOutcome(slot, outcome)) return false;
    const prediction = this.#entries.predictionOf(slot);
    if (prediction !== undefined) this.#join(prediction, outcome.label, outcome.value);
    return true;
  }

  /** Whether a prediction is still held for joining. */
  holds(predictionId: string): boolean {
    return this.#entries.holds(predictionId);
  }

  /** Takes the first outcome of a prediction that was counted once and is not held any more. */
  lateOutcome(prediction: LedgerPrediction, { label, value }: LedgerOutcome): void {
    this.#join(prediction, label, value);
  }

  /** Gives the figures of a model at a time (epoch ms); all zero or undefined when it was never seen. O(tiers + histogram bins). */
  figures(model: string, nowMs: number): LedgerFigures {
    const figures = this.#figuresOf(model);
    const { shadowPairs, outcomes } = figures;
    const untilMs = nowMs + openMs;
    return {
      predictions: figures.predictions,
      tiers: figures.tiers.map(({ tier, version, count, recent }) => ({
        ...{ tier, version, count },
        recentCount: recent.counts(untilMs, minuteMs).all,
      })),
      shadowExpected: figures.shadowExpected,
      shadowPairs,
      shadowAgreement: shadowPairs === 0 ? undefined : figures.shadowAgreed / shadowPairs,
      shadowScoreDifference: shadowPairs === 0 ? undefined : figures.shadowDifference / shadowPairs,
      auc: figures.histogram.auc(),
      outcomes,
      businessValue: outcomes === 0 ? undefined : figures.businessValue / outcomes,
      newestAtMs: figures.newestAtMs,
    };
  }

  /** Gives what shadows were to answer of late, up to a time (epoch ms), and what they did. O(62). */
  recentPairs(model: string, nowMs: number): ShareCounts {
    return this.#figuresOf(model).pairs.counts(nowMs - settleMs);
  }

  /** Gives the requests of the last minute, up to a time (epoch ms), and those that failed at what versions share: of callers, and of shadows. O(62). */
  recentPeerFailures(
    model: string,
    nowMs: number,
  ): { readonly callers: ShareCounts; readonly shadows: ShareCounts } {
    const { peers, shadowPeers } = this.#figuresOf(model);
    const untilMs = nowMs + openMs;
    return {
      callers: peers.counts(untilMs, minuteMs),
      shadows: shadowPeers.counts(untilMs, minuteMs),
    };
  }

  #pair(prediction: HeldPrediction, shadow: HeldShadow): void {
    if (!prediction.shadowVersions.includes(shadow.version)) return;
    const figures = this.#figuresOf(prediction.model);
    if (isPeerFailure(shadow.failure)) figures.shadowPeers.mark(prediction.receivedAtMs);
    if (shadow.score === undefined || !Number.isFinite(shadow.score)) return;
    const threshold = this.#policies.get(prediction.model)?.threshold ?? 0.5;
    figures.shadowPairs += 1;
    figures.pairs.mark(prediction.receivedAtMs);
    figures.shadowDifference += Math.abs(shadow.score - prediction.score);
    if (shadow.score >= threshold === prediction.score >= threshold) figures.shadowAgreed += 1;
  }

  #join(prediction: HeldPrediction, label: number, value: number | undefined): void {
    const figures = this.#figuresOf(prediction.model);
    figures.outcomes += 1;
    // Rules and fallback would hide how well the model itself orders the labels.
    if (prediction.tier === 'MODEL') figures.histogram.add(prediction.score, label > 0.5);
    figures.businessValue +=
      value ?? this.#policies.get(prediction.model)?.valueOf(prediction.score, label) ?? 0;
  }

  #figuresOf(model: string): ModelFigures {
    const known = this.#models.get(model);
    if (known) return known;
    const figures: ModelFigures = {
      predictions: 0,
      newestAtMs: 0,
      tiers: [],
      shadowExpected: 0,
      shadowPairs: 0,
      shadowAgreed: 0,
      shadowDifference: 0,
      outcomes: 0,
      businessValue: 0,
      histogram: new ScoreHistogram(),
      pairs: new ShareWindow(),
      peers: new ShareWindow(),
      shadowPeers: new ShareWindow(),
    };
    this.#models.set(model, figures);
    return figures;
  }
}

function countTier(
  { tiers }: ModelFigures,
  { tier, version, receivedAtMs }: LedgerPrediction,
): void {
  // A handful: a walk makes no text for each answer.
  let answers = tiers.find((one) => one.version === version && one.tier === tier);
  if (answers === undefined) {
    answers = { tier, version, count: 0, recent: new ShareWindow() };
    tiers.push(answers);
  }
  answers.count += 1;
  answers.recent.add(receivedAtMs, 1);
}
