import type { AlertRecord } from './alert-record.ts';
import { type AlertRule, runbookOf } from './alert-rule.ts';
import type { AlertEvidence } from './alert-source.ts';
import { attributeFault, attributionText } from './attribution/attribute-fault.ts';
import { storedAttribution } from './attribution/attribution-inputs.ts';
import type { Silence } from './silence.ts';

/** Why an alert fires. */
export interface AlertExplanation {
  /** One paragraph: what, since when, against what, how sure, who is to blame, what to do. */
  readonly text: string;
  /** What its rule computes from the stored evidence. */
  readonly figures: AlertEvidence;
  /** Whether the rule decides the same from it, and each figure that was stored is what it computes. */
  readonly isReproduced: boolean;
}

/** What an explanation is made of. */
export interface ExplainedAlert {
  readonly alert: AlertRecord;
  readonly rule: AlertRule;
  /** The silence that covers it. */
  readonly silence: Silence | undefined;
  /** Writes a time for people. */
  readonly timeText: (epochMs: number) => string;
}

/** Explains an alert out of what was stored with it. */
export function explainAlert({ alert, rule, silence, timeText }: ExplainedAlert): AlertExplanation {
  const { decidedFrom } = alert;
  const { isFiring, figures, against, certainty } = rule.judge(decidedFrom);
  const stored = storedAttribution(decidedFrom);
  const blame = stored === undefined ? undefined : attributeFault(stored.inputs);
  const isReproduced =
    isFiring &&
    blame?.cause === stored?.cause &&
    Object.entries(figures).every(
      ([name, value]) => !(name in decidedFrom) || Object.is(decidedFrom[name], value),
    );
  const sentences = [
    `${titleOf(alert, rule)}, ${lifeOf(alert, timeText)}.`,
    `When it was decided: ${against}.`,
    `How sure: ${certainty}.`,
    ...(blame === undefined ? [] : [attributionText(blame)]),
    ...(silence === undefined ? [] : [silencedBy(silence, timeText)]),
    `What to do: ${rule.advice}; see ${runbookOf(alert.rule)}.`,
  ];
  return { text: sentences.join(' '), figures, isReproduced };
}

function titleOf({ model, subject }: AlertRecord, { title }: AlertRule): string {
  const about = [...(model === '' ? [] : [`model ${model}`]), ...(subject === '' ? [] : [subject])];
  const text = about.length === 0 ? title : `${about.join(', ')}: ${title}`;
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

type TimeText = ExplainedAlert['timeText'];

function lifeOf({ state, sinceMs, untilMs }: AlertRecord, timeText: TimeText): string {
  const since = `since ${timeText(sinceMs)}`;
  switch (state) {
    case 'PENDING':
      return `${since}, not yet for as long as its rule wants`;
    case 'FIRING':
      return since;
    case 'SILENCED':
      return `${since}, silenced`;
    case 'RESOLVED':
      return `from ${timeText(sinceMs)} to ${timeText(untilMs)}, over now`;
  }
}

function silencedBy({ actor, untilMs, reason }: Silence, timeText: TimeText): string {
  return `Silenced by ${actor} until ${timeText(untilMs)}: ${reason}.`;
}
