/** How bad an alert is: look at it in working hours, or wake somebody. */
export type Severity = 'TICKET' | 'PAGE';

/** What an alert was decided from: named numbers and texts, small enough to be stored with it. Numbers are finite. */
export type AlertEvidence = Readonly<Record<string, number | string>>;

/** An alert that fires. Rule, model and subject together say which one it is: it fires once, however often it is found. */
export interface FiringAlert {
  /** Stable name of the rule, in kebab-case. */
  readonly rule: string;
  /** Name of the model; empty for the mesh. */
  readonly model: string;
  /** What of the model or the mesh it is about: a column, a version, a service; empty for all of it. */
  readonly subject: string;
  readonly severity: Severity;
  /** What is wrong, with figures, and what to do. */
  readonly message: string;
  readonly evidence: AlertEvidence;
}

/** Says which alerts fire. */
export interface AlertSource {
  /**
   * Gives the alerts that fire now; one that is left out is over. Asked once a second on the main thread, so it answers from what is known already.
   * @param nowMs time of the monitor's own clock, milliseconds since the Unix epoch
   */
  firing(nowMs: number): readonly FiringAlert[];
  /** Takes the alerts that were not over before a restart, of all sources: one that can't find again what it found takes it from here. */
  readonly resume?: (alerts: readonly FiringAlert[]) => void;
}
