import type { ViewBase } from './view-base.ts';

/** A time in which alerts are not delivered. */
export interface SilenceItem {
  readonly id: string;
  /** What it covers, in words. */
  readonly covers: string;
  readonly untilMs: number;
  readonly by: string;
  readonly reason: string;
}

/** One alert. */
export interface AlertItem {
  /** Such as `alert-17`. */
  readonly id: string;
  readonly rule: string;
  /** '' for the mesh. */
  readonly model: string;
  /** What of it: a column, a version, a service; '' for all of it. */
  readonly subject: string;
  readonly severity: 'page' | 'ticket';
  readonly state: 'pending' | 'firing' | 'silenced' | 'resolved';
  readonly message: string;
  readonly sinceMs: number;
  /** 0 while it is not over. */
  readonly untilMs: number;
  /** The silence that covers it; undefined where none does. */
  readonly silence: SilenceItem | undefined;
  /** What to do about it: a page of the runbooks within the package; '' where there is none. */
  readonly runbook: string;
}

/** All alerts, those that are over as well. */
export interface AlertsView extends ViewBase {
  /** The worst first, then the newest; at most 200. */
  readonly alerts: readonly AlertItem[];
  /** Silences that are not over. */
  readonly silences: readonly SilenceItem[];
}

/** Something that an alert was decided from, or a figure of it. */
export interface FactItem {
  readonly name: string;
  readonly text: string;
}

/** Why an alert fires. */
export interface AlertView extends ViewBase {
  readonly alert: AlertItem | undefined;
  /** What is wrong, since when, against what, how sure that is and what to do. */
  readonly explanation: string;
  /** What it was decided from. */
  readonly evidence: readonly FactItem[];
  /** The figures of its rule, computed again from that. */
  readonly figures: readonly FactItem[];
  /** Whether the rule decides the same again. */
  readonly isReproduced: boolean;
}
