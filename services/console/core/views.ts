import type { AlertItem } from './alert-views.ts';
import type { DriftView } from './drift-views.ts';
import type { LiftView, QualityView } from './outcome-views.ts';
import type { PersonView } from './person.ts';
import type { VerdictItem } from './verdict-views.ts';
import type { ViewBase } from './view-base.ts';

/** One process of a service. */
export interface ServiceItem {
  readonly name: string;
  readonly address: string;
  readonly health: 'serving' | 'not serving' | 'no answer';
}

/** Answers of one tier and version. */
export interface TierItem {
  /** `model`, `fallback` or `rules`. */
  readonly tier: string;
  /** 0 for the rules. */
  readonly version: number;
  /** Of the answers of the last minute, 0 to 1; of all while nobody has asked within it. */
  readonly share: number;
}

/** What the monitor knows of a model. Shares are 0 to 1, latencies ms in the router over the last minute. */
export interface ModelFigures {
  readonly predictions: number;
  readonly perSecond: number;
  readonly latencyP50Ms: number;
  readonly latencyP99Ms: number;
  readonly tiers: readonly TierItem[];
  readonly shadowPairs: number;
  readonly shadowExpected: number;
  readonly shadowAgreement: number;
  /** Area under the ROC curve; undefined while it can't be said. */
  readonly auc: number | undefined;
  readonly outcomes: number;
  readonly businessValue: number;
  readonly parityChecked: number;
  readonly parityMismatches: number;
  readonly parityPending: number;
  /** Records that routers dropped. */
  readonly dropped: number;
  /** Newest time of a prediction, epoch ms (virtual in a replay); 0 when there is none. */
  readonly newestAtMs: number;
}

/** What is left of the share of answers that may come from a lower tier. */
export interface ErrorBudget {
  /** Answers within the time that is looked at. */
  readonly answers: number;
  /** Those that a lower tier gave, though the model should have. */
  readonly degraded: number;
  /** Share that may be: 1 less the objective. */
  readonly degradedShareMax: number;
  /** Part of the budget that is left: 1 is all, 0 none, below 0 more than there was. 1 while nothing was asked. */
  readonly left: number;
  /** How long it looks back, ms: up to an hour, less where the console has not run for so long. */
  readonly windowMs: number;
}

/** Where an alias points, and who has brought it there. */
export interface AliasItem {
  readonly alias: string;
  /** 0 is nowhere. */
  readonly version: number;
  readonly generation: number;
  /** Whether the checklist lacked something when it was moved. */
  readonly isForced: boolean;
  /** Epoch ms; 0 where the log does not say. */
  readonly sinceMs: number;
  readonly by: string;
  readonly reason: string;
}

/** One model on the overview. */
export interface ModelCard {
  readonly model: string;
  readonly aliases: readonly AliasItem[];
  /** Undefined while the monitor does not answer. */
  readonly figures: ModelFigures | undefined;
  readonly budget: ErrorBudget;
}

/** What serves, whether it is well, and since when. */
export interface OverviewView extends ViewBase {
  readonly services: readonly ServiceItem[];
  readonly models: readonly ModelCard[];
  /** Those that fire or are silenced, the worst first. */
  readonly alerts: readonly AlertItem[];
  /** The newest point of each model, by its name, for the charts; see {@link HistoryView}. */
  readonly points: Readonly<Record<string, FigurePoint>>;
}

/** Figures of a model at one time. */
export interface FigurePoint {
  /** Epoch ms. */
  readonly atMs: number;
  readonly perSecond: number;
  readonly latencyP50Ms: number;
  readonly latencyP99Ms: number;
  /** Of the answers of the last minute, 0 to 1. */
  readonly degradedShare: number;
}

/** What the console has seen of a model, oldest first. */
export interface HistoryView {
  readonly points: readonly FigurePoint[];
}

/** What happened to a model. */
export interface TimelineItem {
  /** Position in the registry's log. */
  readonly sequence: number;
  readonly atMs: number;
  readonly by: string;
  readonly kind:
    | 'registered'
    | 'moved'
    | 'rolled-back'
    | 'quarantined'
    | 'cleared'
    | 'evidence'
    | 'traffic'
    | 'removed';
  /** What, in a few words. */
  readonly text: string;
  /** Why, as whoever did it wrote; '' where nobody is asked. */
  readonly reason: string;
  /** Whether something was lacking and it was done all the same. */
  readonly isForced: boolean;
}

/** One version. */
export interface VersionItem {
  readonly version: number;
  /** `registered`, `shadow`, `canary`, `production`, `retired` or `quarantined`. */
  readonly state: string;
  readonly aliases: readonly string[];
  readonly format: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly registeredAtMs: number;
  readonly registeredBy: string;
  /** 0 for one that was trained elsewhere. */
  readonly trainedAtMs: number;
  readonly codeCommit: string;
  readonly isCodeDirty: boolean;
  readonly trainingRows: number;
}

/** How one kind of evidence stands. */
export interface ChecklistItem {
  readonly item: string;
  readonly kind: string;
  readonly gate: string;
  readonly isRequired: boolean;
  readonly state: 'passed' | 'failed' | 'inconclusive' | 'missing' | 'stale' | 'not required';
  readonly why: string;
  /** What the evidence says; '' where there is none. */
  readonly statement: string;
  readonly figures: Readonly<Record<string, number>>;
  /** When it was attached; 0 where there is none. */
  readonly atMs: number;
  readonly by: string;
  /** The command that fills it. */
  readonly command: string;
  readonly proves: string;
}

/** What keeps one version out of production. */
export interface ChecklistView {
  readonly version: number;
  readonly isComplete: boolean;
  readonly items: readonly ChecklistItem[];
}

/** How a shadow compares with what answered callers. Bounds are one-sided, 95 %; undefined is what can't be said. */
export interface ComparisonItem {
  readonly version: number;
  readonly baselineVersion: number;
  readonly expected: number;
  readonly answered: number;
  readonly failures: Readonly<Record<string, number>>;
  readonly pairs: number;
  readonly flips: number;
  readonly flipShareUpper: number;
  readonly scoreDifference: number;
  readonly labelled: number;
  readonly shadowAuc: number | undefined;
  readonly baselineAuc: number | undefined;
  readonly lossDifference: number | undefined;
  readonly lossDifferenceUpper: number | undefined;
  readonly shadowP50Ms: number;
  readonly shadowP99Ms: number | undefined;
  /** How the gates of its checklist that are about a shadow stand, in their order; empty while the registry does not answer. */
  readonly gates: readonly ChecklistItem[];
}

/** Who serves or sees what part of the callers. */
export interface CohortItem {
  readonly role: 'production' | 'canary' | 'control' | 'shadow' | 'reverse shadow' | 'fallback';
  /** Such as `version 3` or `rules`. */
  readonly serves: string;
  /** Of the callers, 0 to 1; copies of requests for shadows. */
  readonly share: number;
  readonly note: string;
}

/** How the traffic of a model is steered. */
export interface RampView {
  readonly generation: number;
  readonly isShadowPaused: boolean;
  /** 0 where there is no canary. */
  readonly canaryVersion: number;
  readonly share: number;
  readonly isHeld: boolean;
  /** When the share became what it is, epoch ms; 0 where there is no canary. */
  readonly sinceMs: number;
  /** Shares above 0, ascending. */
  readonly steps: readonly number[];
  readonly holdForMs: number;
  /** The step that comes next; undefined where there is none. */
  readonly nextStep: number | undefined;
  /** When it may come, epoch ms. */
  readonly dueAtMs: number;
}

/** All about one model. */
export interface ModelView extends ViewBase {
  readonly card: ModelCard;
  readonly point: FigurePoint | undefined;
  readonly alerts: readonly AlertItem[];
  readonly versions: readonly VersionItem[];
  /** Newest first, at most 200. */
  readonly timeline: readonly TimelineItem[];
  /** Of the version that was asked for, else of the one that would go to production next. */
  readonly checklist: ChecklistView | undefined;
  /** Undefined until the monitor has answered, as all of it that is read out of thousands of records. */
  readonly comparisons: readonly ComparisonItem[] | undefined;
  readonly cohorts: readonly CohortItem[];
  readonly ramp: RampView | undefined;
  readonly drift: DriftView | undefined;
  readonly quality: QualityView | undefined;
  readonly lift: LiftView | undefined;
  /** What the monitor decided of versions, newest first. */
  readonly verdicts: readonly VerdictItem[] | undefined;
}

/** What a page knows before it asks for anything. */
export interface SessionView {
  readonly mesh: string;
  /** To be sent with each action. */
  readonly token: string;
  /** Whether people sign in: then nothing is shown to whoever has not. */
  readonly hasSignIn: boolean;
  /** Who has signed in. */
  readonly person: PersonView | undefined;
  /** Why whoever looks can't act; '' where they can. */
  readonly readOnlyBecause: string;
  readonly models: readonly string[];
}

/** What came of an action. */
export interface ActionResult {
  /** What has changed, in a sentence. */
  readonly text: string;
}

/** Why something was refused. */
export interface ProblemView {
  /** Machine-readable, such as `CHECKLIST_INCOMPLETE`. */
  readonly reason: string;
  /** What was wanted, what came and what to do. */
  readonly message: string;
}
